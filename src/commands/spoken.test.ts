import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inFlags, READING_WORDS, refusalText, spoken } from "./spoken.ts";

const INSIGHT = { flags: ["--of", "--area", "--only", "--rank", "--limit", "--url"], placed: [] };
const HOSTS = { flags: ["--header", "--access-key-id"], placed: ["--header", "--access-key-id"] };

describe("what the service says, at the command line", () => {
  it("names flags in place of parameters", () => {
    const area = "area goes with of=store, got of=host; for one area use only=NAME";
    assert.equal(
      spoken({ pointer: "/query/area", detail: area }, INSIGHT),
      "--area goes with --of store, got --of host; for one area use --only NAME",
    );
    assert.equal(
      inFlags('"03/04/2026" may be a date: dates=dmy or dates=mdy', READING_WORDS.flags),
      '"03/04/2026" may be a date: --dates dmy or --dates mdy',
    );
    assert.equal(
      spoken({ pointer: "/query/rank", detail: "rank=cause needs a cause to rank by" }, INSIGHT),
      "--rank cause needs a cause to rank by",
    );
    assert.equal(
      inFlags('user_agent, not "user_agent" or x.user_agent', ["--user-agent"]),
      '--user-agent, not "user_agent" or x.user_agent',
    );
    assert.equal(inFlags("https://x.example/?of=1&area=2", ["--dates"]), "https://x.example/?of=1&area=2");
  });

  it("names the flag that a place in a body came from, and a shorter one where there is one", () => {
    assert.equal(
      spoken({ pointer: "/s3/access_key_id", detail: "s3/access_key_id must be text, got 1" }, HOSTS),
      "--access-key-id must be text, got 1",
    );
    assert.equal(
      spoken({ pointer: "/headers/Host", detail: "is set by Storewalk itself" }, HOSTS),
      "--header is set by Storewalk itself",
    );
    assert.equal(
      spoken({ pointer: "/headers/Host", detail: "a header's name must be Authorization" }, HOSTS),
      "--header: a header's name must be Authorization",
    );
    assert.equal(spoken({ pointer: "/url", detail: "url must be https" }, INSIGHT), "url must be https");
  });

  it("writes places of a JSON file as people write them, and leaves lines alone", () => {
    const empty = { pointer: "/visits/0/image_url/1", detail: "must be a non-empty string" };
    assert.equal(spoken(empty, READING_WORDS), "visits[0].image_url[1]: must be a non-empty string");
    const line = { pointer: "line 3, image", detail: "job 1 has no image 99" };
    assert.equal(spoken(line, READING_WORDS), "line 3, image: job 1 has no image 99");
  });

  it("says a single problem once, and lists several with how many there are", () => {
    const one = { pointer: "line 3, image", detail: "job 1 has no image 99" };
    const message = "line 3, image: job 1 has no image 99";
    assert.equal(refusalText(message, { problems: [one], total: 1 }, READING_WORDS), message);
    assert.equal(
      refusalText("broken JSON", { problems: [{ pointer: "", detail: "it" }], total: 1 }, READING_WORDS),
      "broken JSON",
    );
    assert.equal(refusalText("there is no job 7", { problems: [], total: 0 }, READING_WORDS), "there is no job 7");
    assert.equal(
      refusalText(
        `${message} (and 2 more)`,
        { problems: [one, { ...one, pointer: "line 4" }], total: 3 },
        READING_WORDS,
      ),
      `3 things are wrong:\n  ${message}\n  line 4: job 1 has no image 99\n  and 1 more`,
    );
  });
});
