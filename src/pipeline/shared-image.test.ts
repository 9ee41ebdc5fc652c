/** Share links: the table of docs/api.md row by row, and what services answer, played on loopback under their own names. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it, type TestContext } from "node:test";
import { NO_ACCESS } from "../domain/access-table.ts";
import { aPng } from "../testing/image-bytes.ts";
import { startFetching } from "../testing/image-fetching.ts";
import { type ImageHost, type Route, startImageHost } from "../testing/image-host.ts";
import { createFileRoom } from "./file-room.ts";
import { createImageMeasurer } from "./measure/measure-image.ts";
import { createImageProcessor } from "./process-image.ts";
import { confirmedAddress, shareLinkIn } from "./share-links.ts";
import { withShareLinks } from "./shared-image.ts";
import { createStageCells } from "./stage-cells.ts";
import { createStageTimes } from "./stage-times.ts";

const DOCUMENT = readFileSync(new URL("../../docs/api.md", import.meta.url), "utf8");
const ROWS = [
  ...DOCUMENT.matchAll(/^\| (Google Drive|Dropbox|OneDrive|SharePoint) \| `([^`]+)` \| `([^`]+)` \|$/gm),
].map(([, service = "", link = "", address = ""]) => ({ service, link, address }));
const DRIVE = "https://drive.google.com/file/d/1aB_c-9/view";
const PHOTO = aPng({ width: 40, height: 30 });

const page = (title: string, body = ""): Route => ({
  kind: "custom",
  answer(_request, response) {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!DOCTYPE html><html><head><title>${title}</title></head><body>${body}</body></html>`);
  },
});
const confirmPage = (action: string) =>
  page(
    "Google Drive - Virus scan warning",
    `<form id="download-form" action="${action}" method="get"><input type="submit" value="Download anyway"/><input type="hidden" name="id" value="1aB_c-9"><input type="hidden" name="export" value="download"><input type="hidden" name="confirm" value="t"><input type="hidden" name="uuid" value="u-1&amp;2"></form>`,
  );
/** Drive with a page before its file. */
const drive = (action: string): Route => ({
  kind: "custom",
  answer(request, response) {
    const asked = new URL(request.url ?? "", "http://x");
    const passed = asked.searchParams.get("confirm") === "t" && asked.searchParams.get("uuid") === "u-1&2";
    if (passed) return void response.end(PHOTO);
    const route = confirmPage(action);
    if (route.kind === "custom") route.answer(request, response);
  },
});

/** Every service is the host on loopback. */
async function setup(t: TestContext, routes: Readonly<Record<string, Route>>) {
  const host: ImageHost = await startImageHost(routes);
  const fetching = startFetching();
  t.after(async () => {
    await fetching.close();
    await host.close();
  });
  const cells = createStageCells(4);
  const measurer = createImageMeasurer({ maxPixels: 1e9, maxHeaderBytes: 2 ** 20, decoder: null });
  const processImage = createImageProcessor({
    openImage: withShareLinks((url, options) => fetching.open(url.replace(/^https:\/\/[^/]+/, host.url("")), options)),
    measure: measurer.measure,
    inspect: async () => assert.fail("nobody asked for an inspection"),
    room: createFileRoom(1e9),
    gpu: { process: async () => {} },
    times: createStageTimes({ cells, now: () => 0 }),
    onBug: (error) => assert.fail(String(error)),
  });
  const order = {
    lane: "1",
    access: () => NO_ACCESS,
    integrity: "complete",
    inspect: "off",
    leaveLine: () => {},
  } as const;
  return { host, process: (url: string) => processImage({ ...order, url }, new AbortController().signal) };
}

describe("a share link", () => {
  it("has a table that is read here", () => assert.equal(ROWS.length, 7));

  for (const { service, link, address } of ROWS) {
    it(`of ${service} is followed to its file: ${link}`, async (t) => {
      assert.deepEqual(shareLinkIn(` ${link} `), { service, address });
      const { pathname } = new URL(address);
      const { process, host } = await setup(t, { [pathname]: { kind: "file", bytes: PHOTO } });
      const { outcome } = await process(link);
      assert.equal(outcome.kind, "measured");
      assert.ok(host.hits(pathname) > 0);
    });

    it(`of ${service} is followed once, to an address that is none: ${address}`, () => {
      assert.equal(shareLinkIn(address)?.address ?? address, address);
    });
  }

  for (const url of [
    "https://drive.google.com/drive/folders/1aB_c-9",
    "https://drive.google.com/open",
    "https://www.dropbox.com/sh/k3y/folder?dl=0",
    "https://www.dropbox.com/scl/fo/k3y/folder?dl=0",
    "https://onedrive.live.com/",
    "https://acme.sharepoint.com/:f:/s/Shops/EaB_c",
    "https://acme.sharepoint.com/sites/Shops/Photos/a.jpg",
    "https://drive.google.com.evil.example/file/d/1aB_c-9/view",
    "https://evil-sharepoint.com/:i:/s/Shops/EaB_c",
    "http://drive.google.com/file/d/1aB_c-9/view",
    "https://drive.google.com:8443/file/d/1aB_c-9/view",
    "upload:abc/shelf.jpg",
    "",
  ]) {
    it(`is not seen in ${url}`, () => assert.equal(shareLinkIn(url), null));
  }

  it("of a large file in Drive passes the page in between", async (t) => {
    const action = "https://drive.usercontent.google.com/download";
    const { process, host } = await setup(t, { "/download": drive(action) });
    const { outcome, attempts } = await process(DRIVE);
    assert.partialDeepStrictEqual(outcome, { kind: "measured", width: 40, height: 30 });
    assert.equal(attempts, 2);
    assert.equal(host.hits("/download"), 2);
  });

  it("is not led elsewhere by a page's form, nor round and round", async (t) => {
    for (const [route, hits] of [
      [drive("https://evil.example/download"), 1],
      [confirmPage("https://drive.usercontent.google.com/download"), 2],
    ] as const) {
      const { process, host } = await setup(t, { "/download": route });
      const { outcome } = await process(DRIVE);
      assert.partialDeepStrictEqual(outcome, { kind: "failed", code: "forbidden" });
      assert.equal(host.hits("/download"), hits);
    }
  });

  it("costs no time with a page that was made to be slow to read", () => {
    const begun = process.cpuUsage();
    for (const piece of [
      '<form id="download-form" ',
      "<title ",
      '<form id="download-form"><input type="hidden" ',
      "<!--",
    ]) {
      assert.notEqual(confirmedAddress(piece.repeat(65_536 / piece.length))?.length, 0);
    }
    assert.ok(process.cpuUsage(begun).user < 2_000_000);
  });

  for (const [what, route] of [
    ["to a page that asks who is there", { kind: "redirect", to: "/ServiceLogin" }],
    ["with 403", { kind: "status", status: 403 }],
    ["with 401", { kind: "status", status: 401 }],
  ] as const) {
    it(`that is answered ${what} is not shared with everyone`, async (t) => {
      const { process } = await setup(t, { "/download": route, "/ServiceLogin": page("Sign in - Google Accounts") });
      const { outcome } = await process(DRIVE);
      assert.ok(outcome.kind === "failed");
      assert.equal(outcome.code, "forbidden");
      assert.match(outcome.detail, /^the link is not shared with everyone: /);
      assert.match(
        outcome.detail,
        /; the link's file was fetched from https:\/\/drive\.usercontent\.google\.com\/download\?id=1aB_c-9&export=download$/,
      );
    });
  }

  it("keeps what else went wrong, with the address that was fetched", async (t) => {
    for (const [route, code] of [
      [page("Google Drive - Quota exceeded"), "rate_limited"],
      [{ kind: "status", status: 404 }, "not_found"],
      [{ kind: "file", bytes: Buffer.from("%PDF-1.7 and more of it") }, "not_an_image"],
    ] as const) {
      const { process } = await setup(t, { "/download": route });
      const { outcome } = await process(DRIVE);
      assert.ok(outcome.kind === "failed");
      assert.equal(outcome.code, code);
      assert.match(outcome.detail, /fetched from https:\/\/drive\.usercontent/);
    }
  });
});
