import { describe, it, type TestContext } from "node:test";
import { sizeOf } from "../campaigns.ts";
import { overload } from "./overload.ts";

describe("a service that gets more than it can take", () => {
  it("answers status reads, accepts up to its mark, and brings every accepted image to its result once", async (t: TestContext) => {
    await overload({
      jobImages: 4_000,
      pollers: 100,
      slowSockets: 200,
      times: 10,
      imagesASubmit: 20,
      capacityMs: 1_000,
      ms: sizeOf("overload"),
      maxBacklogImages: 6_000,
      say: (line) => t.diagnostic(line),
    });
  });
});
