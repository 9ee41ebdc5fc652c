import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { ERROR_CODES } from "../src/domain/error-codes.ts";
import { FAULT_CODES } from "../src/domain/fault-codes.ts";
import { PROBLEM_CODES } from "../src/http/problems/problem-codes.ts";
import { flagOf, SETTINGS } from "../src/settings/config.ts";
import { runCommand } from "./storewalk-process.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

function documents(): readonly string[] {
  const pages = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`);
  return ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "sdk/README.md", ...pages];
}

/** What a page's headings can be linked to by, as GitHub makes it: small letters, hyphens for spaces, nothing of what else stands between words. */
function anchorsOf(page: string): ReadonlySet<string> {
  const text = read(page).replace(/^```[\s\S]*?^```/gm, "");
  const anchors = new Set([...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = ""]) => id));
  for (const [, heading = ""] of text.matchAll(/^#{1,6} (.+)$/gm)) {
    const anchor = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-");
    for (let no = 0; ; no += 1) {
      const name = no === 0 ? anchor : `${anchor}-${no}`;
      if (anchors.has(name)) continue;
      anchors.add(name);
      break;
    }
  }
  return anchors;
}

describe("the documents", () => {
  it("link to what there is", () => {
    const broken = documents().flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)]
        .map(([, target = ""]) => target)
        .filter((target) => !existsSync(new URL(target, new URL(`../${page}`, import.meta.url))))
        .map((target) => `${page}: ${target}`),
    );
    assert.deepEqual(broken, []);
  });

  it("link to headings that there are", () => {
    const broken = documents().flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)].flatMap(([, target = "", anchor = ""]) => {
        const path = target === "" ? page : relative(ROOT, resolve(ROOT, dirname(page), target));
        if (!path.endsWith(".md") || anchorsOf(path).has(anchor)) return [];
        return [`${page}: ${target}#${anchor}`];
      }),
    );
    assert.deepEqual(broken, []);
  });

  it("list every setting with its default and its sentence", () => {
    const table = read("docs/configuration.md");
    const missing = Object.values(SETTINGS).filter(
      ({ name, about, fallback }) =>
        !table
          .split("\n")
          .some(
            (row) =>
              row.includes(`\`${name}\``) &&
              row.includes(about) &&
              (name === "STOREWALK_WORKER_THREADS" || row.includes(fallback)),
          ),
    );
    assert.deepEqual(
      missing.map(({ name }) => name),
      [],
    );
    const documented = [...table.matchAll(/^\| `((?:[A-Z]+_)+[A-Z]+)`/gm)].map(([, name]) => name);
    assert.deepEqual(
      documented.toSorted(),
      Object.values(SETTINGS)
        .map(({ name }) => name)
        .toSorted(),
    );
  });

  it("list every error code with its meaning, and none that is gone", () => {
    const documented = [...read("docs/api.md").matchAll(/^\| `([a-z_]+)` \| (.*) \| (?:yes|no) \|$/gm)].map(
      ([, code, about]) => [code, about],
    );
    assert.deepEqual(
      documented,
      Object.entries(ERROR_CODES).map(([code, { about }]) => [code, about]),
    );
  });
});

describe("the page for when something is wrong", () => {
  const [images = "", requests = ""] = read("docs/when-something-is-wrong.md").split(
    "\n## The service refused a request\n",
  );
  /** The codes that a table's first cell names, of the rows whose every cell says something. */
  const codesOf = (part: string) =>
    [...part.matchAll(/^\| ((?:`[a-z_]+`(?:, )?)+) \|(?: [^|]{8,} \|)+$/gm)].flatMap(([, codes = ""]) =>
      [...codes.matchAll(/`([a-z_]+)`/g)].map(([, code]) => code),
    );

  it("says of every code of an image what to do, once, and of none that is gone", () => {
    assert.deepEqual(codesOf(images).toSorted(), Object.keys(ERROR_CODES).toSorted());
  });

  it("says of every code of a refused request what to do, once, and of none that is gone", () => {
    assert.deepEqual(codesOf(requests).toSorted(), Object.keys(PROBLEM_CODES).toSorted());
  });
});

describe("the document of the command line", () => {
  const document = read("docs/cli.md");
  const settings = new Set(Object.values(SETTINGS).map(({ name }) => flagOf(name)));

  /** What follows each command, as the completion knows it: commands, and flags but for those of the settings. */
  async function commands() {
    const { stdout } = await runCommand(["completion", "bash"]);
    return [...stdout.matchAll(/^ {4}"storewalk ?([a-z ]*)"\) words="(.*)" files=\w* ;;$/gm)].map(
      ([, typed = "", words = ""]) => ({
        typed,
        flags: words.split(" ").filter((word) => word.startsWith("--") && !settings.has(word)),
      }),
    );
  }

  it("names every command with every flag of its own, and none that is gone", async () => {
    const all = await commands();
    const [table = ""] = document.split("\n**Which service.**").slice(0, 1);
    for (const { typed, flags } of all) {
      const [group = "", name = group] = typed.split(" ");
      const rows = table.split("\n").filter((row) => row.includes(`\`${group}`));
      const text = `${rows.join("\n")}\n${document.slice(table.length)}`;
      assert.match(text, new RegExp(`\\b${name}\\b`), typed);
      const missing = flags.filter((flag) => flag !== "--version" && !text.includes(`${flag}`) && flag !== "--help");
      assert.deepEqual(missing, [], `storewalk ${typed}`);
    }
    const known = new Set([...settings, ...all.flatMap(({ flags }) => flags)]);
    assert.deepEqual(
      [...document.matchAll(/--[a-z][a-z-]*/g)].map(([flag]) => flag).filter((flag) => !known.has(flag)),
      [],
    );
  });
});

describe("the document of the API", () => {
  it("lists every problem code with its status and title, and none that is gone", () => {
    const documented = [...read("docs/api.md").matchAll(/^\| `([a-z_]+)` \| (\d{3}) \| (.*) \|$/gm)].map(
      ([, code, status, title]) => [code, Number(status), title],
    );
    assert.deepEqual(
      documented,
      Object.entries(PROBLEM_CODES).map(([code, { status, title }]) => [code, status, title]),
    );
  });

  it("lists every code of a single problem with its meaning, and none that is gone", () => {
    const [, part = ""] = read("docs/api.md").split("### Codes of single problems\n");
    const [table = ""] = part.split("\n#");
    const documented = [...table.matchAll(/^\| `([a-z_]+)` \| (.*) \|$/gm)].map(([, code, about]) => [code, about]);
    assert.deepEqual(documented, Object.entries(FAULT_CODES));
  });
});
