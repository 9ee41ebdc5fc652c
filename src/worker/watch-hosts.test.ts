/** What the threads of a process see of a host, put together and told of once. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HostTrouble } from "../domain/host-trouble.ts";
import { MOST_HOSTS } from "./hosts-in-trouble.ts";
import { createHostWatch } from "./watch-hosts.ts";

const aTrouble = (over: Partial<HostTrouble> = {}): HostTrouble => ({
  host: "a.example",
  atOnce: 4,
  perSecond: null,
  underWay: 1,
  refusals: 0,
  waitsUntil: null,
  trouble: "answers 503",
  troubledMs: 5_000,
  givenUp: false,
  waiting: [[1, 10]],
  ...over,
});

function setup() {
  const said: string[] = [];
  const watch = createHostWatch({
    onTrouble: ({ host }) => said.push(`trouble at ${host}`),
    onOver: (host) => said.push(`over at ${host}`),
  });
  return { watch, said };
}

describe("a watch over hosts", () => {
  it("says a host's trouble once, and once that it is over, whichever thread sees it", () => {
    const { watch, said } = setup();
    watch.tell(0, [aTrouble()]);
    watch.tell(1, [aTrouble()]);
    watch.tell(0, []);
    assert.deepEqual(said, ["trouble at a.example"]);
    watch.tell(1, []);
    watch.tell(0, []);
    assert.deepEqual(said, ["trouble at a.example", "over at a.example"]);
    watch.tell(0, [aTrouble()]);
    assert.equal(said.at(-1), "trouble at a.example");
  });

  it("adds up what waits and is under way, but not the refusals that threads count together", () => {
    const { watch } = setup();
    watch.tell(0, [aTrouble({ underWay: 2, refusals: 7, waiting: [[1, 10]] })]);
    watch.tell(1, [
      aTrouble({
        underWay: 3,
        refusals: 9,
        waiting: [
          [1, 5],
          [2, 1],
        ],
      }),
    ]);
    const [host] = watch.hosts();
    assert.partialDeepStrictEqual(host, { underWay: 5, refusals: 9 });
    assert.deepEqual(host?.waiting, [
      [1, 15],
      [2, 1],
    ]);
  });

  it("takes a host for given up only where every thread has given it up", () => {
    const { watch } = setup();
    watch.tell(0, [aTrouble({ givenUp: true })]);
    assert.equal(watch.hosts()[0]?.givenUp, true);
    watch.tell(1, [aTrouble({ givenUp: false })]);
    assert.equal(watch.hosts()[0]?.givenUp, false);
  });

  it("keeps to so many hosts, those that most images wait for", () => {
    const { watch, said } = setup();
    const many = Array.from({ length: MOST_HOSTS + 5 }, (_, no) =>
      aTrouble({ host: `${no}.example`, waiting: [[1, no + 1]] }),
    );
    watch.tell(0, many);
    assert.equal(watch.hosts().length, MOST_HOSTS);
    assert.equal(watch.hosts()[0]?.host, `${MOST_HOSTS + 4}.example`);
    assert.equal(said.length, MOST_HOSTS);
  });
});
