import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { SETTINGS } from "../src/config.ts";
import { ERROR_CODES } from "../src/domain/error-codes.ts";
import { PROBLEM_CODES } from "../src/http/problem-codes.ts";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

describe("the documents", () => {
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
});
