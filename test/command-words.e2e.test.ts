/** What the commands say, read as a person at a terminal reads it: each thing once, in words that can be typed, with what to do about it. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { aPng } from "../src/testing/image-bytes.ts";
import { type ImageHost, startImageHost } from "../src/testing/image-host.ts";
import { aDataDir, aLedgerOf, createEnding, runCommand, startService } from "./storewalk-process.ts";

const HEADER = "store_id,image_url,visit_time";
const ending = createEnding();
let host: ImageHost;
let url = "";
let folder = "";
let settings: Readonly<Record<string, string>> = {};

before(async () => {
  folder = aDataDir(ending);
  host = await startImageHost({ "/good.png": { kind: "file", bytes: aPng({ width: 30, height: 20 }) } });
  settings = {
    STOREWALK_PORT: "0",
    ...aLedgerOf(ending),
    STOREWALK_ALLOW_HOSTS: host.host,
    STOREWALK_GPU_LATENCY_MS: "1",
    XDG_CONFIG_HOME: folder,
  };
  url = (await startService(ending, settings).ready) ?? assert.fail();
});
after(async () => {
  await ending.end();
  await host.close();
});

const run = (...args: readonly string[]) => runCommand([...args, "--url", url], { settings });

function aFile(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const aTable = (...rows: readonly string[]) => [HEADER, ...rows].join("\n");
const aRow = (store = "S1", path = "/good.png") => `${store},${host.url(path)},2026-01-05`;

describe("a file whose ending does not tell what it is", () => {
  const submission = () => ({ store_id: "S1", image_url: [host.url("/good.png")], visit_time: "2026-01-05" });

  it("is read as what it looks like, which is said", async () => {
    const contents = {
      CSV: aTable(aRow()),
      JSON: JSON.stringify({ count: 1, visits: [submission()] }, null, 2),
      NDJSON: `${JSON.stringify(submission())}\n${JSON.stringify(submission())}\n`,
    };
    for (const [format, content] of Object.entries(contents)) {
      for (const ending of [".txt", ".dat", ""]) {
        const { code, stderr } = await run("submit", aFile(`visits${ending}`, content), "--dry-run");
        assert.equal(code, 0, stderr);
        assert.match(stderr, new RegExp(`^\\S+ looks like ${format} and is read so; --format says otherwise\\.$`, "m"));
      }
    }
  });

  it("is read so on standard input as well, and from a pipe", async () => {
    const stdin = aTable(aRow());
    const piped = await runCommand(["submit", "-", "--dry-run", "--url", url], { settings, stdin });
    assert.deepEqual([piped.code, /1 visit, 1 image\./.test(piped.stderr)], [0, true], piped.stderr);
    const pipe = join(folder, "a-pipe");
    execFileSync("mkfifo", [pipe]);
    const [named] = await Promise.all([run("submit", pipe, "--dry-run"), writeFile(pipe, stdin)]);
    assert.deepEqual([named.code, /1 visit, 1 image\./.test(named.stderr)], [0, true], named.stderr);
  });

  it("is refused with what to do where it is nothing that is read", async () => {
    for (const [name, content, code, sentence] of [
      ["old.xls", Buffer.from("d0cf11e0a1b11ae1", "hex"), 65, /a workbook of old Excel .*save it as \.xlsx or CSV\n$/],
      ["page.xls", "<html><table></table></html>", 65, /a web page, .*save it as \.xlsx or CSV\n$/],
      ["empty.txt", "", 65, /empty\.txt is empty\n$/],
      ["odd.dat", "hello", 64, /it cannot be told what \S+odd\.dat is: .*say it with --format\nSee: /],
    ] as const) {
      const refused = await run("submit", aFile(name, content));
      assert.equal(refused.code, code, refused.stderr);
      assert.match(refused.stderr, sentence);
    }
  });
});

describe("a file that cannot be read or written", () => {
  const isRoot = process.getuid?.() === 0;

  it("is named in one sentence with 66, whatever the command", async () => {
    const file = aFile("a-file.csv", aTable(aRow()));
    for (const [args, sentence] of [
      [["submit", "/nowhere.csv"], "there is no file /nowhere.csv"],
      [["submit", folder], `${folder} is a folder; name a file`],
      [["submit", `${file}/x`], `${file}/x cannot be there: a part of the path is a file, not a folder`],
      [["submit", file, "--photos", file], `${file} is a file; --photos takes a folder`],
      [["jobs", "add", "1", "/nowhere.csv"], "there is no file /nowhere.csv"],
      [["jobs", "retry", "1", "--urls", folder], `${folder} is a folder; name a file`],
      [["stores", "import", "/nowhere.csv"], "there is no file /nowhere.csv"],
      [["schedules", "add", "x", "0 6 * * 1", "--from", "/nowhere.csv"], "there is no file /nowhere.csv"],
      [["truth", "similar", "/nowhere.jpg"], "there is no file /nowhere.jpg"],
      [["truth", "similar", folder], `${folder} is a folder; name a file`],
      [["hosts", "add", "x.example", "--header", "Authorization: @/nowhere"], "there is no file /nowhere"],
    ] as const) {
      const { code, stderr } = await run(...args);
      assert.deepEqual([code, stderr], [66, `storewalk: ${sentence}\n`], args.join(" "));
    }
  });

  it("is named when this user may not read it", { skip: isRoot && "root may read everything" }, async () => {
    const locked = aFile("locked.csv", aTable(aRow()));
    chmodSync(locked, 0);
    const { code, stderr } = await run("submit", locked);
    assert.deepEqual([code, stderr], [66, `storewalk: ${locked} may not be read by this user\n`]);
  });

  it("is named with 74 where it was to be written", async () => {
    const job = await submitted();
    for (const [path, sentence] of [
      ["/nowhere/x.csv", "/nowhere/x.csv cannot be written: there is no such folder, and none can be made there"],
      [folder, `${folder} cannot be written: it is a folder`],
    ] as const) {
      const { code, stderr } = await run("jobs", "export", job, "--output", path);
      assert.deepEqual([code, stderr], [74, `storewalk: ${sentence}\n`]);
    }
    const home = aFile("no-folder", "");
    const kept = await runCommand(["profiles", "set", "x", url], { settings: { XDG_CONFIG_HOME: home } });
    assert.equal(kept.code, 74, kept.stderr);
    assert.match(kept.stderr, /^storewalk: \S+profiles\.json cannot be written: a part of its path is a file/);
  });
});

async function submitted(...rows: readonly string[]): Promise<string> {
  const file = aFile("submitted.csv", aTable(...(rows.length > 0 ? rows : [aRow()])));
  return (await run("submit", file, "--watch")).stdout.trim();
}

describe("a dry run", () => {
  it("says which header meant what, what is ignored and which stores are unknown", async () => {
    const rows = [
      "Shop;Foto;Datum;Notes",
      `S1;${host.url("/good.png")};2026-01-05;x`,
      "KIOSK-77;file:a.png;03/04/2026;",
    ];
    const columns = "store_id:Shop,image_url:Foto,visit_time:Datum";
    const { code, stdout, stderr } = await run(
      ...["submit", aFile("shops.csv", rows.join("\n")), "--dry-run", "--columns", columns],
    );
    assert.deepEqual([code, stdout], [0, ""]);
    for (const sentence of [
      /^Columns: store_id from "Shop", image_url from "Foto", visit_time from "Datum"$/m,
      /^warning: columns that mean nothing here: "Notes"; --columns visit_metadata\.KEY:NAME or metadata\.KEY:NAME keeps one as a label$/m,
      /^warning: line 3, visit_time: .*--dates dmy or --dates mdy$/m,
      /^warning: line 3, image_url: .*file:NAME names a photo that is sent with its submission$/m,
      /^warning: 1 store is not in the store master, so its images would fail: KIOSK-77$/m,
      /^It would be accepted: 2 visits, 2 images\. Nothing was submitted\.$/m,
    ])
      assert.match(stderr, sentence);
  });

  it("compares the names of photos with those of the folder", async () => {
    const photos = join(folder, "photos");
    mkdirSync(photos);
    for (const name of ["a.png", "more.png"]) writeFileSync(join(photos, name), aPng({ width: 3, height: 2 }));
    const file = aFile("named.csv", aTable("S1,file:a.png,2026-01-05", "S1,file:gone.png,2026-01-05"));
    const { code, stderr } = await run("submit", file, "--photos", photos, "--dry-run");
    assert.equal(code, 65);
    assert.match(stderr, /^line 3, image_url: names the photo "gone\.png", which is not among the photos that came$/m);
    assert.match(stderr, /^photo "more\.png": is named by no image_url; /m);
    assert.match(stderr, /^It would be refused for 2 problems\. Nothing was submitted\.$/m);
  });
});

describe("what the service refuses", () => {
  it("is said once where it is one thing, with flags in place of parameters", async () => {
    const job = await submitted();
    const list = aFile("fresh.csv", "image,url\n99,http://x/1.png\n");
    for (const [args, sentence] of [
      [["jobs", "retry", job, "--urls", list], `line 2, image: job ${job} has no image 99`],
      [
        ["insight", "--area", "x", "--of", "host"],
        "--area goes with --of store, got --of host; for one area use --only NAME",
      ],
      [["insight", "--rank", "cause"], "--rank cause needs a cause to rank by"],
      [
        ["insight", "--from", "2026-02-02", "--to", "2026-02-01"],
        "--from 2026-02-02 must not be after --to 2026-02-01",
      ],
      [
        ["times", "--time-zone", "Mars/X"],
        '--time-zone must be a name of the IANA time zone database as Asia/Kolkata, got "Mars/X"',
      ],
      [["webhooks", "add", "ftp://x"], 'url must be an http or https URL, or mailto: and an address, got "ftp://x"'],
    ] as const) {
      const { code, stderr } = await run(...args);
      assert.deepEqual([code, stderr], [65, `storewalk: ${sentence}\n`], args.join(" "));
    }
  });

  it("names all columns that are missing at once", async () => {
    const { stderr } = await run("submit", aFile("odd.csv", "Filiale,Bild\n1,2\n"));
    assert.match(
      stderr,
      /^storewalk: line 1: .*Say which is which: --columns store_id:NAME,image_url:NAME,visit_time:NAME\n$/,
    );
  });

  it("names the commands that change credentials which are there", async () => {
    const add = ["hosts", "add", "*.kf.example", "--header", "Authorization: x"];
    assert.equal((await run(...add)).code, 0);
    const again = await run(...add);
    assert.equal(again.code, 65);
    assert.match(
      again.stderr,
      /^storewalk: there are credentials for \*\.kf\.example already\n {2}To change them: .*hosts rotate '\*\.kf\.example', /,
    );
  });

  it("names what an operator may set for an address that is not public", async () => {
    const { code, stdout } = await run("hosts", "test", "http://10.0.0.1/x.png");
    assert.equal(code, 1);
    assert.match(stdout, /^detail +10\.0\.0\.1 is not a host .*STOREWALK_ALLOW_HOSTS$/m);
    assert.doesNotMatch(stdout, / -$/m);
  });
});

describe("a list", () => {
  it("says where it is cut, and leaves what a program reads alone", async () => {
    const job = await submitted(...Array.from({ length: 60 }, () => aRow()));
    const usual = await run("images", "list", job);
    assert.equal(usual.stdout.trim().split("\n").length, 51);
    assert.equal(usual.stderr, "These are the first 50; there are more: --limit 500, or --all.\n");
    const all = await run("images", "list", job, "--all");
    assert.deepEqual([all.stdout.trim().split("\n").length, all.stderr], [61, ""]);
    const exact = await run("images", "list", job, "--limit", "60");
    assert.deepEqual([exact.stdout.trim().split("\n").length, exact.stderr], [61, ""]);
    const asked = await run("images", "list", job, "--limit", "10", "--ndjson");
    assert.deepEqual([asked.stdout.trim().split("\n").length, asked.stderr], [10, ""]);
    const unasked = await run("images", "list", job, "--json");
    assert.deepEqual([JSON.parse(unasked.stdout).length, unasked.stderr], [50, usual.stderr]);
  });

  it("says that it is empty to people, and is an empty list to programs", async () => {
    for (const [args, sentence] of [
      [["jobs", "deleted"], /^There are no deleted jobs\.\n$/],
      [["jobs", "list", "--external-id", "nobody's"], /^There are no such jobs\.\n$/],
      [["webhooks", "list"], /^There are no webhooks\.\n$/],
      [["alerts", "list"], /^There are no alerts\.\n$/],
      [["schedules", "list"], /^There are no schedules\.\n$/],
      [["hosts", "waiting"], /^No image waits for a host\.\n$/],
      [["stores", "lookup", "zzz"], /^No store has "zzz" in its id or name\.\n$/],
    ] as const) {
      const people = await run(...args);
      assert.deepEqual([people.code, people.stdout], [0, ""], args.join(" "));
      assert.match(people.stderr, sentence);
      const programs = await run(...args, "--json");
      assert.deepEqual([programs.stdout, programs.stderr], ["[]\n", ""], args.join(" "));
    }
    const first = await runCommand(["keys", "list"], { settings: { STOREWALK_DATA_DIR: aDataDir(ending) } });
    assert.match(first.stderr, /^There are no keys: .*keys create\n$/);
  });
});

describe("a job", () => {
  it("has no JSON in what people are shown, and its name and labels as they were given", async () => {
    const file = aFile("two.csv", aTable(aRow(), aRow("S1", "/gone.png")));
    const labels = ["--name", "week-7", "--label", "by=Ann", "round=2"];
    const job = (await run("submit", file, "--watch", ...labels)).stdout.trim();
    const { stdout } = await run("status", job);
    assert.match(stdout, /^name +week-7$/m);
    assert.match(stdout, /^labels +by Ann, round 2$/m);
    assert.match(stdout, /^failures +not_found 1$/m);
    assert.doesNotMatch(stdout, /[{}"]/);
    const { external_id: name, metadata } = JSON.parse((await run("status", job, "--json")).stdout);
    assert.deepEqual([name, metadata], ["week-7", { by: "Ann", round: "2" }]);
  });
});
