import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DatabaseError } from "pg";
import { isAway, isConflict, isHopeless } from "./faults.ts";

function fromServer(code: string): DatabaseError {
  return Object.assign(new DatabaseError("said by the server", 0, "error"), { code });
}

/** What a call meets, and what opening a ledger makes of it. */
const FAULTS: readonly (readonly [
  what: string,
  error: Error,
  calls: "away" | "conflict" | "ours",
  opening: "waits" | "gives up",
])[] = [
  [
    "a connection that was refused",
    Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }),
    "away",
    "waits",
  ],
  ["a connection that ended", new Error("Connection terminated unexpectedly"), "away", "waits"],
  ["connection failure", fromServer("08006"), "away", "waits"],
  ["the end by an administrator", fromServer("57P01"), "away", "waits"],
  ["another backend's crash", fromServer("57P02"), "away", "waits"],
  ["starting up", fromServer("57P03"), "away", "waits"],
  ["a dropped database", fromServer("57P04"), "away", "waits"],
  ["an idle session's end", fromServer("57P05"), "away", "waits"],
  ["statement_timeout", fromServer("57014"), "away", "waits"],
  ["lock_timeout", fromServer("55P03"), "away", "waits"],
  ["idle_in_transaction_session_timeout", fromServer("25P03"), "away", "waits"],
  ["a standby in the primary's place", fromServer("25006"), "away", "waits"],
  ["a full disk", fromServer("53100"), "away", "waits"],
  ["too many connections", fromServer("53300"), "away", "waits"],
  ["a database that does not exist", fromServer("3D000"), "away", "gives up"],
  ["a wrong password", fromServer("28P01"), "away", "gives up"],
  ["a serialization failure", fromServer("40001"), "conflict", "gives up"],
  ["a deadlock", fromServer("40P01"), "conflict", "gives up"],
  ["a broken check", fromServer("23514"), "ours", "gives up"],
  ["a right that is missing", fromServer("42501"), "ours", "gives up"],
  ["a table that is missing", fromServer("42P01"), "ours", "gives up"],
];

describe("a fault of PostgreSQL", () => {
  for (const [what, error, calls, opening] of FAULTS) {
    it(`is ${calls} for a call and ${opening} at opening: ${what}`, () => {
      assert.deepEqual([isAway(error), isConflict(error)], [calls === "away", calls === "conflict"]);
      assert.equal(isHopeless(error), opening === "gives up");
    });
  }
});
