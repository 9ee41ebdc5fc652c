/** The promises of `ledger.ts` as tests. Each adapter's test file runs them all against itself. */
import { describe } from "node:test";
import { describeFleet, describeRetention } from "./ledger-fleet.contract.ts";
import { describeDispatch, describeIntake } from "./ledger-intake.contract.ts";
import { describeReading, describeStores } from "./ledger-reading.contract.ts";
import type { LedgerUnderTest, WithLedger } from "./ledger-under-test.ts";
import { describeChunkWork, describeRescue } from "./ledger-work.contract.ts";

export function describeLedger(name: string, open: () => Promise<LedgerUnderTest>): void {
  const withLedger: WithLedger = async (test) => {
    const under = await open();
    try {
      await test(under);
    } finally {
      await under.ledger.close();
    }
  };
  describe(`${name}: intake`, () => describeIntake(withLedger));
  describe(`${name}: dispatch`, () => describeDispatch(withLedger));
  describe(`${name}: claim, record, finish`, () => describeChunkWork(withLedger));
  describe(`${name}: rescue`, () => describeRescue(withLedger));
  describe(`${name}: fleet`, () => describeFleet(withLedger));
  describe(`${name}: retention`, () => describeRetention(withLedger));
  describe(`${name}: reading`, () => describeReading(withLedger));
  describe(`${name}: store master`, () => describeStores(withLedger));
}
