/** The table of URLs in docs/api.md, row by row: what a host is really asked for, or the code of the result. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { aPng } from "../../testing/image-bytes.ts";
import { startFetching, type TestFetching } from "../../testing/image-fetching.ts";
import { type ImageHost, startImageHost } from "../../testing/image-host.ts";

const DOCUMENT = readFileSync(new URL("../../../docs/api.md", import.meta.url), "utf8");
const ROWS = [...DOCUMENT.matchAll(/^\| `(".*?")` \| `([^`]+)` \| .+ \|$/gm)].map(([, given = "", fetched = ""]) => ({
  given: String(JSON.parse(given)),
  fetched,
}));

describe("a URL as people have it", () => {
  let host: ImageHost;
  let fetching: TestFetching;
  before(async () => {
    host = await startImageHost();
    fetching = startFetching({ allowHosts: [host.host] });
  });
  after(async () => {
    await fetching.close();
    await host.close();
  });

  /** The host of the table is the one on loopback. */
  const here = (url: string) => url.replace(/^(\s*)https:\/\/cdn\.example(:443)?\//i, `$1${host.url("/")}`);

  async function assertFetched(given: string, path: string): Promise<void> {
    const asked: (string | undefined)[] = [];
    host.route(path.replace(/\?.*/, ""), {
      kind: "custom",
      answer(request, response) {
        asked.push(request.url);
        response.end(aPng({ width: 4, height: 3 }));
      },
    });
    await fetching.open(given).prefix(1);
    assert.deepEqual(asked, [path]);
  }

  it("has a table that is read here", () => assert.equal(ROWS.length, 12));

  for (const { given, fetched } of ROWS) {
    it(`${JSON.stringify(given)}: ${fetched}`, async () => {
      if (fetched === "invalid_url") {
        await assert.rejects(fetching.open(given).prefix(1), { code: "invalid_url" });
        return;
      }
      await assertFetched(here(given), fetched.slice("https://cdn.example".length));
    });
  }

  it("has 8,192 characters at most, without the white space around", async () => {
    const path = `/${"a".repeat(8_192 - host.url("/").length)}`;
    await assertFetched(` ${host.url(path)} `, path);
    await assert.rejects(fetching.open(`${host.url(path)}a`).prefix(1), { code: "invalid_url" });
  });
});
