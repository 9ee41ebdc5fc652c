import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { startImageHost } from "../src/testing/image-host.ts";
import { aLedgerOf, runCommand, startService } from "./storewalk-process.ts";

const CORPUS = new URL("../../shared/corpus/", import.meta.url);
const absent = existsSync(CORPUS)
  ? false
  : "the corpus of real images is not beside this checkout (../shared/corpus); it is not ours to publish";

type Entry = {
  readonly file: string;
  readonly format: string;
  readonly width: string;
  readonly height: string;
  readonly verdict: string;
};

function readManifest(): readonly Entry[] {
  const [, ...lines] = readFileSync(new URL("manifest.tsv", CORPUS), "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const [file = "", format = "", , width = "", height = "", , verdict = ""] = line.split("\t");
    return { file, format, width, height, verdict };
  });
}

const OURS = ["jpeg", "png", "gif", "webp", "bmp"];

describe("the corpus of real images, submitted as one job", () => {
  it("gives the manifest's size for every good file and a cause for every bad one", { skip: absent }, async (t) => {
    const entries = readManifest();
    const host = await startImageHost({});
    t.after(() => host.close());
    for (const { file } of entries) {
      host.route(`/${file}`, { kind: "file", bytes: readFileSync(new URL(`images/${file}`, CORPUS)) });
    }
    const settings = {
      STOREWALK_PORT: "0",
      ...aLedgerOf(t),
      STOREWALK_ALLOW_HOSTS: host.host,
      STOREWALK_GPU_LATENCY_MS: "0",
    };
    const url = await startService(t, settings).ready;
    assert.ok(url);
    const image_url = entries.map(({ file }) => host.url(`/${file}`));
    const job = JSON.stringify({ count: 1, visits: [{ store_id: "S1", visit_time: "2024-05-01", image_url }] });
    await runCommand(["submit", "-", "--watch", "--url", url], { stdin: job });
    const results = (await runCommand(["results", "1", "--url", url])).stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.equal(results.length, entries.length);

    const wrong: string[] = [];
    for (const [index, entry] of entries.entries()) {
      const { outcome, width, height, code, detail } = results[index];
      const told = `${entry.file} (${entry.format}, ${entry.verdict}): ${outcome} ${width}x${height} ${code ?? ""} ${detail ?? ""}`;
      const good = entry.verdict.startsWith("clean");
      const right = String(width) === entry.width && String(height) === entry.height;
      if (outcome === "measured" && (!good || !right)) wrong.push(`measured wrongly: ${told}`);
      if (outcome === "failed" && good && OURS.includes(entry.format)) wrong.push(`refused: ${told}`);
      if (outcome === "failed" && (code === null || code === "internal" || detail === ""))
        wrong.push(`no cause: ${told}`);
    }
    assert.deepEqual(wrong, []);
  });
});
