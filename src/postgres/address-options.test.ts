import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { settingsIn } from "./address-options.ts";

describe("the options of an address", () => {
  it("are read as the server reads them", () => {
    assert.deepEqual(settingsIn("  -c search_path=a\\,\\ b -cgeqo=off\t--work-mem=8MB -c a=b=c"), [
      ["search_path", "a, b"],
      ["geqo", "off"],
      ["work_mem", "8MB"],
      ["a", "b=c"],
    ]);
    assert.deepEqual(settingsIn(""), []);
  });

  for (const options of ["-c", "-c search_path", "-d 5", "search_path=a", "-c =a", "--"]) {
    it(`are refused without repeating them: ${options}`, () => {
      assert.throws(() => settingsIn(options), {
        message: "DATABASE_URL must have options of the form -c name=value, got others",
      });
    });
  }
});
