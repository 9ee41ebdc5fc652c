import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sniffFormat } from "./sniff-format.ts";

const VISIT = { store_id: "S1", image_url: ["http://x/1.png"], visit_time: "2026-01-05" };

describe("a file's first bytes", () => {
  for (const [name, content, format] of [
    ["a job on one line", JSON.stringify({ count: 1, visits: [VISIT] }), "json"],
    ["a job over many lines, with white space before it", `\n ${JSON.stringify({ visits: [VISIT] }, null, 2)}`, "json"],
    ["a job behind a byte order mark", `\ufeff${JSON.stringify({ visits: [VISIT] })}`, "json"],
    ["a visit a line", `${JSON.stringify(VISIT)}\n${JSON.stringify(VISIT)}`, "ndjson"],
    ["a single visit", JSON.stringify(VISIT), "ndjson"],
    ["a visit that is longer than what is looked at", JSON.stringify(VISIT).slice(0, 30), "ndjson"],
    ["a list, which the service explains", "[]", "json"],
    ["commas", "store_id,image_url\n", "csv"],
    ["semicolons", "Filiale;Bild\r\n1;2", "csv"],
    ["tabs", "a\tb\n", "csv"],
    ["a separator in a later line only", "hello\na,b", "unknown"],
    ["HTML", "\n<!doctype html>", "page"],
    ["nothing", "", "empty"],
    ["white space", " \r\n", "empty"],
  ] as const) {
    it(`tell ${name}: ${format}`, () => assert.equal(sniffFormat(Buffer.from(content)), format));
  }

  for (const [name, hex, format] of [
    ["a workbook", "504b030414000600", "xlsx"],
    ["one of Excel 97", "d0cf11e0a1b11ae1", "old-workbook"],
    ["UTF-16, little end first", "fffe7300", "csv"],
    ["UTF-16, big end first", "feff0073", "csv"],
    ["a picture", "ffd8ffe000104a46", "unknown"],
  ] as const) {
    it(`tell ${name}: ${format}`, () => assert.equal(sniffFormat(Buffer.from(hex, "hex")), format));
  }
});
