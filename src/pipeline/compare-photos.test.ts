/** Photos are compared in a thread that nobody waits behind; whatever becomes of the thread, who asked is answered. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it, type TestContext } from "node:test";
import { aShelf, lit, mirrored } from "../testing/grey-pictures.ts";
import { type Candidate, comparePhotos } from "../truth/match.ts";
import { sketchOf } from "../truth/sketch.ts";
import type { ViewName } from "../truth/views.ts";
import { createComparer } from "./compare-photos.ts";

const WHOLE = { width: 0.8, height: 0.8, x: 0, y: 0 };
const LATER = sketchOf(aShelf(1));

function aCandidate(picture = aShelf(1), view: ViewName = "as it is"): Candidate {
  const guesses = [{ earlier: WHOLE, later: WHOLE, view, distance: 0 }];
  return { hasSameBytes: false, sketch: sketchOf(picture), guesses };
}

function setup(t: TestContext, options: Parameters<typeof createComparer>[0] = {}) {
  const comparer = createComparer(options);
  t.after(() => comparer.stop());
  return comparer;
}

describe("the comparison of photos in a thread", () => {
  it("says what the comparison says, in the order of the photos", async (t) => {
    const { compare } = setup(t);
    const photos = [
      aCandidate(lit(aShelf(1), 0.9, 5)),
      aCandidate(aShelf(2)),
      { ...aCandidate(aShelf(3)), hasSameBytes: true },
      aCandidate(mirrored(aShelf(1)), "mirrored"),
    ];
    const compared = await compare(LATER, photos);
    assert.deepEqual(compared, comparePhotos(LATER, photos));
    assert.deepEqual(
      compared.map((match) => match?.view),
      ["as it is", undefined, "as it is", "mirrored"],
    );
  });

  it("keeps questions apart that are asked at the same time", async (t) => {
    const { compare } = setup(t);
    const answers = await Promise.all([1, 2, 3].map((seed) => compare(sketchOf(aShelf(seed)), [aCandidate()])));
    assert.deepEqual(
      answers.map(([match]) => match !== null),
      [true, false, false],
    );
  });

  it("leaves the caller's loop free however many photos are alike", async (t) => {
    const { compare } = setup(t);
    const photos = Array.from({ length: 400 }, (_, i) => aCandidate(lit(aShelf(1), 1 - i / 2_000, 0)));
    await compare(LATER, photos.slice(0, 1));
    const [begun, before] = [performance.now(), performance.eventLoopUtilization()];
    await compare(LATER, photos);
    const { active } = performance.eventLoopUtilization(before);
    assert.ok(active < (performance.now() - begun) / 2, `${active} ms of work in ${performance.now() - begun} ms`);
  });

  it("needs no thread for equal files, nor for photos without a sketch", async (t) => {
    const { compare } = setup(t, { entry: new URL("../testing/dying-compare-thread.ts", import.meta.url) });
    const twin = { hasSameBytes: true, sketch: null, guesses: [] };
    assert.equal((await compare(null, [twin]))[0]?.score, 1);
    assert.deepEqual(await compare(LATER, []), []);
  });

  it("ends its thread after a rest, and has another one when it is asked again", async (t) => {
    const { compare } = setup(t, { restMs: 1 });
    for (let turn = 0; turn < 3; turn++) {
      const started = once(process, "worker");
      assert.equal((await compare(LATER, [aCandidate()])).length, 1);
      const [worker] = await started;
      await once(worker, "exit");
    }
  });

  it("tells who asked when the thread dies, and starts another for the next", async (t) => {
    const { compare } = setup(t, { entry: new URL("../testing/dying-compare-thread.ts", import.meta.url) });
    for (let turn = 0; turn < 2; turn++) {
      await assert.rejects(compare(LATER, [aCandidate()]), (error: Error) => {
        assert.match(String(error.cause), /a fault in the comparison/);
        return /the thread that compares photos ended/.test(error.message);
      });
    }
  });

  it("refuses after its end", async (t) => {
    const { compare, stop } = setup(t);
    await compare(LATER, [aCandidate()]);
    await stop();
    await assert.rejects(compare(LATER, [aCandidate()]), /not compared any more/);
  });
});
