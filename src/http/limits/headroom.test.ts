import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createHeadroom, type HeadroomLimits } from "./headroom.ts";

function setup(limits: Partial<HeadroomLimits>) {
  const machine = { images: 0, free: 1_000, memory: 100, at: 0, reads: 0 };
  const headroom = createHeadroom({
    limits: { backlogImages: 0, freeBytes: 0, memoryBytes: 0, ...limits },
    readBacklogImages: async () => {
      machine.reads += 1;
      return machine.images;
    },
    readFreeBytes: async () => machine.free,
    readMemoryBytes: () => machine.memory,
    now: () => machine.at,
  });
  return { machine, ...headroom, reason: async () => (await headroom.shortage())?.reason ?? null };
}

describe("headroom", () => {
  it("is there while the backlog is not above its mark", async () => {
    const { machine, reason } = setup({ backlogImages: 50 });
    machine.images = 50;
    assert.equal(await reason(), null);
    machine.images = 51;
    machine.at += 2_000;
    assert.equal(await reason(), "backlog");
  });

  it("counts what was accepted since the backlog was read, and reads it once a second at most", async () => {
    const { machine, reason, accepted } = setup({ backlogImages: 50 });
    assert.equal(await reason(), null);
    accepted(60);
    assert.equal(await reason(), "backlog");
    accepted(-60);
    assert.equal(await reason(), null);
    assert.equal(machine.reads, 1);
  });

  it("ends where the disk or the memory does", async () => {
    const { machine, reason } = setup({ freeBytes: 500, memoryBytes: 200 });
    machine.free = 499;
    assert.equal(await reason(), "disk");
    machine.memory = 201;
    assert.equal(await reason(), "memory");
  });

  it("is taken for granted where it cannot be read: the ledger itself says what is wrong", async () => {
    const headroom = createHeadroom({
      limits: { backlogImages: 1, freeBytes: 1, memoryBytes: 1 },
      readBacklogImages: () => Promise.reject(new Error("away")),
      readFreeBytes: () => Promise.reject(new Error("no such folder")),
      readMemoryBytes: () => 0,
      now: () => 0,
    });
    assert.equal(await headroom.shortage(), null);
  });
});
