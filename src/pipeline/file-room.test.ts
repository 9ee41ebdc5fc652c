import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createFileRoom, type FileRoom } from "./file-room.ts";

const never = new AbortController().signal;
const NEVER_MS = 2 ** 30;

/** Whether there is room now: nobody waits a turn of the loop for it. */
async function isOpen(room: FileRoom, lane = "1"): Promise<boolean> {
  const leaving = new AbortController();
  setImmediate(() => leaving.abort());
  const stay = await room.enter(1, lane, leaving.signal).catch(() => null);
  stay?.leave();
  return stay !== null;
}

describe("the room for whole files", () => {
  it("lets files in until it is full, and the next when one leaves", async () => {
    const room = createFileRoom(10, NEVER_MS);
    const [first, second] = [await room.enter(6, "1", never), await room.enter(6, "1", never)];
    assert.equal(await isOpen(room), false);
    const third = room.enter(6, "1", never);
    second.leave();
    (await third).leave();
    first.leave();
    first.leave();
    assert.equal(await isOpen(room), true);
  });

  it("takes a file that is larger than itself, alone", async () => {
    const room = createFileRoom(10, NEVER_MS);
    const large = await room.enter(1_000, "1", never);
    assert.equal(await isOpen(room), false);
    large.leave();
    assert.equal(await isOpen(room), true);
  });

  it("counts a file of unknown length as one of a usual length", async () => {
    const room = createFileRoom(1_000, NEVER_MS);
    await room.enter(null, "1", never);
    assert.equal(await isOpen(room), false);
  });

  it("serves first the job that holds least of it", async () => {
    const room = createFileRoom(10, NEVER_MS);
    const stays = [await room.enter(5, "large", never), await room.enter(5, "large", never)];
    const order: string[] = [];
    const waiting = ["large", "large", "small"].map(async (lane) => {
      await room.enter(10, lane, never);
      order.push(lane);
    });
    for (const stay of stays) stay.leave();
    await waiting[2];
    assert.deepEqual(order, ["small"]);
  });

  it("takes no more notice of a file that is long on its way, until it is there", async () => {
    const room = createFileRoom(10, 1);
    const slow = await room.enter(10, "1", never);
    const keepsAlive = setInterval(() => {}, 1_000);
    const next = await room.enter(10, "2", never);
    clearInterval(keepsAlive);
    next.leave();
    slow.arrived();
    assert.equal(await isOpen(room), false);
    slow.leave();
    assert.equal(await isOpen(room), true);
  });

  it("lets the next one in when a file leaves that was long on its way", { timeout: 10_000 }, async (t) => {
    const room = createFileRoom(10, 1);
    const slow = await room.enter(10, "1", never);
    const keepsAlive = setInterval(() => {}, 1_000);
    t.after(() => clearInterval(keepsAlive));
    (await room.enter(10, "2", never)).leave();
    slow.arrived();
    const waiting = room.enter(10, "2", never);
    slow.leave();
    (await waiting).leave();
  });

  it("keeps no room for who does not wait any more", async () => {
    const room = createFileRoom(10, NEVER_MS);
    const first = await room.enter(10, "1", never);
    const leaving = new AbortController();
    const given = room.enter(10, "1", leaving.signal);
    leaving.abort(new Error("the job was cancelled"));
    await assert.rejects(given, /the job was cancelled/);
    first.leave();
    assert.equal(await isOpen(room), true);
    await assert.rejects(room.enter(1, "1", leaving.signal), /the job was cancelled/);
  });
});
