import { describe, it, type TestContext } from "node:test";
import { sizeOf } from "../campaigns.ts";
import { soak } from "./soak.ts";

const MS = sizeOf("soak");

describe("a service among faults of every kind", () => {
  it("loses no accepted job, makes none that was not accepted, and has every result right and once", async (t: TestContext) => {
    await soak({
      ms: MS,
      seed: 7,
      clients: 3,
      slowSockets: 50,
      deafReaders: 5,
      pollers: 10,
      killEveryMs: MS / 3,
      say: (line) => t.diagnostic(line),
    });
  });
});
