/**
 * The parsers of everything that a stranger's bytes reach, against bytes that nobody has seen before.
 * `FUZZ_INPUTS=5000000 FUZZ_SEED=7` for a longer run, `FUZZ_SEED=1 FUZZ_INPUT=4702` for one input again.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ImageFormat } from "../../src/domain/image.ts";
import { sizeOf } from "../campaigns.ts";
import { makeInput } from "./make-input.ts";
import { MUTANTS } from "./mutants.ts";
import { type Finding, runFuzz } from "./run-fuzz.ts";

const SEED = Number(process.env.FUZZ_SEED ?? 1);
const INPUTS = sizeOf("fuzz");
const ONE_INPUT = process.env.FUZZ_INPUT;
const MOST_INPUTS_TO_FIND = 40_000;

const FORMATS: readonly ImageFormat[] = [
  "jpeg",
  "png",
  "gif",
  "webp",
  "bmp",
  "tiff",
  "avif",
  "heic",
  "jxl",
  "ico",
  "psd",
];
/** Of a format's inputs, so many in a hundred must reach each of these; others are counted and shown. */
const LEAST_SHARES = { size: 15, asked: 25, "→ measured": 1, "→ truncated": 8 } as const;
/** Formats for which every header that can be read is right. */
const NEVER_CORRUPT = new Set<ImageFormat>(["gif", "ico"]);

function describeFinding({ no, promise }: Finding): string {
  const { made, bytes } = makeInput(SEED, no);
  const beginning = Buffer.from(bytes.subarray(0, 600)).toString("hex");
  return `input ${no} of seed ${SEED} (${made}, ${bytes.length} bytes): ${promise}\nreplay with FUZZ_SEED=${SEED} FUZZ_INPUT=${no}\n${beginning}`;
}

describe("the parsers of strangers' bytes", () => {
  if (ONE_INPUT !== undefined) {
    it(`keep every promise on input ${ONE_INPUT}`, async () => {
      const { findings } = await runFuzz({ seed: SEED, first: Number(ONE_INPUT), inputs: 1, workers: 1 });
      assert.deepEqual(findings.map(describeFinding), []);
    });
    return;
  }

  it(`keep every promise over ${INPUTS} inputs, and the inputs reach every answer of every format`, async (t) => {
    const { findings, counts } = await runFuzz({ seed: SEED, inputs: INPUTS });
    assert.deepEqual(findings.map(describeFinding), []);
    const countOf = (reached: string) => counts.get(reached) ?? 0;
    for (const format of FORMATS) {
      const [mutated, structured] = [countOf(`mutated ${format}`), countOf(`structured ${format}`)];
      const all = mutated + structured;
      t.diagnostic(`${format}: ${mutated} mutated, ${structured} structured; ${reachedBy(counts, format)}`);
      assert.ok(mutated > INPUTS / 400 && structured > INPUTS / 100, `${format} is hardly tried`);
      for (const [reached, share] of Object.entries(LEAST_SHARES)) {
        assert.ok(countOf(`${format} ${reached}`) * 100 >= all * share, `too few inputs reach "${format} ${reached}"`);
      }
      if (!NEVER_CORRUPT.has(format))
        assert.ok(countOf(`${format} corrupt`) * 100 >= all, `${format} is hardly corrupt`);
    }
    t.diagnostic(`no image: ${reachedBy(counts, "none")}`);
    assert.ok(countOf("none not_an_image") * 100 >= INPUTS);
    assert.ok(countOf("none unsupported_format") * 1_000 >= INPUTS);
  });

  it("are given the same bytes for the same seed and number", () => {
    for (let no = 0; no < 200; no++) assert.deepEqual(makeInput(3, no).bytes, makeInput(3, no).bytes);
    assert.notDeepEqual(makeInput(3, 1).bytes, makeInput(4, 1).bytes);
  });

  for (const { name, shows } of MUTANTS) {
    it(`would not get away with ${name}`, async (t) => {
      // Of those that are seen by something else, each takes all the time that it needs on a busy machine.
      const limits = { timeLimitMs: shows.test("took more than 1 ms") ? 3_000 : 300_000, memoryLimitMb: 512 };
      const { findings } = await runFuzz({
        seed: SEED,
        inputs: MOST_INPUTS_TO_FIND,
        workers: 1,
        mutant: name,
        ...limits,
      });
      const [found] = findings;
      assert.ok(found, `${MOST_INPUTS_TO_FIND} inputs did not find it`);
      assert.match(found.promise, shows);
      t.diagnostic(`input ${found.no}: ${found.promise.split("\n")[0]}`);
    });
  }
});

function reachedBy(counts: ReadonlyMap<string, number>, format: string): string {
  const own = [...counts].filter(([reached]) => reached.startsWith(`${format} `)).sort(([, a], [, b]) => b - a);
  return own.map(([reached, count]) => `${reached.slice(format.length + 1)} ${count}`).join(", ");
}
