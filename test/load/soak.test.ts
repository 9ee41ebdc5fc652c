import { describe, it, type TestContext } from "node:test";
import { soak } from "./soak.ts";

describe("a service among faults of every kind", () => {
  it("loses no accepted job, makes none that was not accepted, and has every result right and once", async (t: TestContext) => {
    await soak({
      ms: 15_000,
      seed: 7,
      clients: 3,
      slowSockets: 50,
      deafReaders: 5,
      pollers: 10,
      killEveryMs: 6_000,
      say: (line) => t.diagnostic(line),
    });
  });
});
