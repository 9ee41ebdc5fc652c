/** The promises of `ledger.ts` as tests. Each adapter's test file runs them all against itself. */
import { describe } from "node:test";
import { describeAccess } from "./ledger-access.contract.ts";
import { describeAlerts } from "./ledger-alerts.contract.ts";
import { describeAnyImages } from "./ledger-any-images.contract.ts";
import { describeAreaMoves } from "./ledger-area-moves.contract.ts";
import { describeControl } from "./ledger-control.contract.ts";
import { describeDecisions } from "./ledger-decisions.contract.ts";
import { describeDeletion } from "./ledger-deletion.contract.ts";
import { describeFleet, describeRetention } from "./ledger-fleet.contract.ts";
import { describeFreshUrls } from "./ledger-fresh-urls.contract.ts";
import { describeGrowth } from "./ledger-growth.contract.ts";
import { describeHosts } from "./ledger-hosts.contract.ts";
import { describeInsight } from "./ledger-insight.contract.ts";
import { describeInspections } from "./ledger-inspections.contract.ts";
import { describeDispatch, describeIntake } from "./ledger-intake.contract.ts";
import { describeKeys, describeTenants } from "./ledger-keys.contract.ts";
import { describeMeasuredSums } from "./ledger-measured-sums.contract.ts";
import { describeOneTransaction } from "./ledger-one-transaction.contract.ts";
import { describeReading, describeStores } from "./ledger-reading.contract.ts";
import { describeRequests } from "./ledger-requests.contract.ts";
import { describeImages, describeRetry } from "./ledger-retry.contract.ts";
import { describeReviews } from "./ledger-reviews.contract.ts";
import { describeSchedules } from "./ledger-schedules.contract.ts";
import { describeStandstill } from "./ledger-standstill.contract.ts";
import { describeStoreActivity } from "./ledger-stores.contract.ts";
import type { LedgerUnderTest, WithLedger } from "./ledger-under-test.ts";
import { describeUploads } from "./ledger-uploads.contract.ts";
import { describeWebhooks } from "./ledger-webhooks.contract.ts";
import { describeChunkWork, describeRescue } from "./ledger-work.contract.ts";

export function describeLedger(
  name: string,
  open: () => Promise<LedgerUnderTest>,
  options: { readonly skip?: string | false } = {},
): void {
  const withLedger: WithLedger = async (test) => {
    const under = await open();
    try {
      await test(under);
    } finally {
      await under.ledger.close();
    }
  };
  const given = { skip: options.skip ?? false };
  describe(`${name}: intake`, given, () => describeIntake(withLedger));
  describe(`${name}: dispatch`, given, () => describeDispatch(withLedger));
  describe(`${name}: claim, record, finish`, given, () => describeChunkWork(withLedger));
  describe(`${name}: rescue`, given, () => describeRescue(withLedger));
  describe(`${name}: pause and list`, given, () => describeControl(withLedger));
  describe(`${name}: standstill`, given, () => describeStandstill(withLedger));
  describe(`${name}: requests under keys`, given, () => describeRequests(withLedger));
  describe(`${name}: retry`, given, () => describeRetry(withLedger));
  describe(`${name}: fresh URLs`, given, () => describeFreshUrls(withLedger));
  describe(`${name}: deletion`, given, () => describeDeletion(withLedger));
  describe(`${name}: growth`, given, () => describeGrowth(withLedger));
  describe(`${name}: images and visits`, given, () => describeImages(withLedger));
  describe(`${name}: fleet`, given, () => describeFleet(withLedger));
  describe(`${name}: hosts in trouble`, given, () => describeHosts(withLedger));
  describe(`${name}: credentials of hosts`, given, () => describeAccess(withLedger));
  describe(`${name}: retention`, given, () => describeRetention(withLedger));
  describe(`${name}: sums of measured images`, given, () => describeMeasuredSums(withLedger));
  describe(`${name}: reading`, given, () => describeReading(withLedger));
  describe(`${name}: webhooks`, given, () => describeWebhooks(withLedger));
  describe(`${name}: keys, sessions and the log of changes`, given, () => describeKeys(withLedger));
  describe(`${name}: tenants`, given, () => describeTenants(withLedger));
  describe(`${name}: uploads`, given, () => describeUploads(withLedger));
  describe(`${name}: inspections`, given, () => describeInspections(withLedger));
  describe(`${name}: reviews`, given, () => describeReviews(withLedger));
  describe(`${name}: decisions about flagged images`, given, () => describeDecisions(withLedger));
  describe(`${name}: sums over jobs`, given, () => describeInsight(withLedger));
  describe(`${name}: sums of stores that move`, given, () => describeAreaMoves(withLedger));
  describe(`${name}: images of all jobs`, given, () => describeAnyImages(withLedger));
  describe(`${name}: alerts`, given, () => describeAlerts(withLedger));
  describe(`${name}: one transaction a call`, given, () => describeOneTransaction(withLedger));
  describe(`${name}: schedules`, given, () => describeSchedules(withLedger));
  describe(`${name}: stores and their visits`, given, () => describeStoreActivity(withLedger));
  describe(`${name}: store master`, given, () => describeStores(withLedger));
}
