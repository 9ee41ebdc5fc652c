/** Which hosts of a thread people hear of. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HostReading } from "../pipeline/fetch/host-gate.ts";
import { hostsInTrouble, MOST_HOSTS, MOST_JOBS } from "./hosts-in-trouble.ts";

const NOW = 1_000_000;
const WELL: HostReading = {
  places: 4,
  rate: null,
  refusals: 0,
  heldUntil: 0,
  underWay: 1,
  waiting: [],
  trouble: "",
  troubledMs: 0,
  givenUp: false,
};
const seen = (over: Partial<HostReading>, inLine: readonly (readonly [string, number])[] = [["7", 3]]) =>
  hostsInTrouble([["http://a.example:81", { ...WELL, ...over }]], () => inLine, NOW);

describe("hosts in trouble", () => {
  it("are not those that are well, nor those that fail for less than three seconds", () => {
    assert.deepEqual(seen({}), []);
    assert.deepEqual(seen({ troubledMs: 2_999, trouble: "answers 500" }), []);
    assert.equal(seen({ troubledMs: 3_000, trouble: "answers 500" }).length, 1);
  });

  for (const [what, over] of [
    ["limit their requests a second", { rate: 20 }],
    ["asked to be left alone", { heldUntil: NOW + 1 }],
    ["were given up", { givenUp: true }],
  ] as const) {
    it(`are those that ${what}`, () => {
      assert.equal(seen(over)[0]?.host, "a.example:81");
    });
  }

  it("are no concern when nobody asks them or waits for them", () => {
    assert.deepEqual(seen({ rate: 20, underWay: 0 }, []), []);
    assert.equal(seen({ rate: 20, underWay: 1 }, []).length, 1);
  });

  it("count by job those in line and those that wait at the host's gate", () => {
    const [host] = seen(
      {
        rate: 20,
        waiting: [
          ["7", 2],
          ["8", 1],
        ],
      },
      [["7", 3]],
    );
    assert.deepEqual(host?.waiting, [
      [7, 5],
      [8, 1],
    ]);
  });

  it("say until when a host is left alone only while it is", () => {
    assert.equal(seen({ rate: 20, heldUntil: NOW })[0]?.waitsUntil, null);
    assert.equal(seen({ rate: 20, heldUntil: NOW + 5 })[0]?.waitsUntil, NOW + 5);
  });

  it("are at most so many, those first that most images wait for, each with at most so many jobs", () => {
    const readings = Array.from(
      { length: MOST_HOSTS + 3 },
      (_, no) => [`http://${no}.example`, { ...WELL, rate: 1 }] as const,
    );
    const jobs = Array.from({ length: MOST_JOBS + 3 }, (_, job) => [String(job), 1] as const);
    const hosts = hostsInTrouble(readings, (host) => (host === "9.example" ? jobs : [["1", 2]]), NOW);
    assert.equal(hosts.length, MOST_HOSTS);
    assert.equal(hosts[0]?.host, "9.example");
    assert.equal(hosts[0]?.waiting.length, MOST_JOBS);
  });
});
