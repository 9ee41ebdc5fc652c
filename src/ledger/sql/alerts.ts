/** Alerts in either database: statements that both understand. What a round changes it changes with the alert held, so that no other begins meanwhile. */
import { ALERT_KINDS } from "../../domain/alert-kinds.ts";
import type {
  Alert,
  AlertCause,
  AlertLedger,
  DueAlert,
  KnownCause,
  NewAlert,
  QuietHours,
  Telling,
} from "../port/alert-ledger.ts";
import { TELLING_EVENTS } from "../port/alert-ledger.ts";
import { alertStatements } from "./alert-statements.ts";
import { integer, integerOrNull, oneOf, onlyRow, type Row, text, textOrNull } from "./row.ts";
import type { Shared, Steps } from "./steps.ts";
import { delivery } from "./webhook-rows.ts";

export function createAlerts({ run, inTransaction, dialect }: Shared): AlertLedger {
  const sql = alertStatements(dialect);

  /** Nothing where another round began since. */
  const heldRound = ({ id, token }: { readonly id: number; readonly token: number }, steps: () => Steps<void>) =>
    inTransaction(function* () {
      const [held] = yield [sql.HOLD_ROUND, [id, token]];
      if (held) yield* steps();
    });

  async function withCauses(rows: readonly Row[], tenant: string | null, id: number | null): Promise<readonly Alert[]> {
    if (rows.length === 0) return [];
    const causes = Map.groupBy(await run(sql.LIST_CAUSES, [tenant, id]), (row) => integer(row, "alert"));
    return rows.map((row) => alert(row, causes.get(integer(row, "id")) ?? []));
  }

  return {
    async addAlert({ tenant, name, kind, threshold, webhooks, quiet, tellsEnd }) {
      const hours = quietValues(quiet);
      const values = [tenant, name, kind, String(threshold), listOf(webhooks), ...hours, Number(tellsEnd)];
      return alert(onlyRow(await run(sql.ADD, values)), []);
    },
    listAlerts: async (tenant) => await withCauses(await run(sql.LIST, [tenant]), tenant, null),
    async changeAlert(id, { name, threshold, webhooks, quiet, tellsEnd, enabled }) {
      const rows = await run(sql.CHANGE, [
        id,
        name ?? null,
        threshold === undefined ? null : String(threshold),
        webhooks === undefined ? null : listOf(webhooks),
        quiet === undefined ? 0 : 1,
        ...quietValues(quiet ?? null),
        tellsEnd === undefined ? null : Number(tellsEnd),
        enabled === undefined ? null : Number(enabled),
      ]);
      return (await withCauses(rows, null, id))[0] ?? null;
    },
    removeAlert: (id) =>
      inTransaction(function* () {
        const removed = yield [sql.REMOVE, [id]];
        yield [sql.REMOVE_CAUSES, [id]];
        return removed.length > 0;
      }),

    async takeDueAlert({ stores, others }) {
      const [row] = await run(sql.TAKE_DUE, [stores, others]);
      return row ? dueAlert(row) : null;
    },
    noteCauses: (round, causes, calmMs) =>
      heldRound(round, function* () {
        const seen = JSON.stringify(causes.map(causeRow));
        yield [sql.NOTE_SEEN, [round.id, seen]];
        yield [sql.NOTE_MISSED, [round.id, seen]];
        yield [sql.NOTE_OVER, [round.id, calmMs]];
      }),
    noteEnds: (round, causes, lastEnd) =>
      heldRound(round, function* () {
        if (causes.length > 0) yield [sql.NOTE_ENDS, [round.id, JSON.stringify(causes.map(causeRow)), lastEnd]];
        yield [sql.ENDS_SEEN, [round.id, lastEnd]];
      }),
    decideToTell: (round, leastMs) =>
      heldRound(round, function* () {
        yield [sql.DECIDE, [round.id, round.token, leastMs]];
        yield [sql.DECIDE_OVER, [round.id, round.token]];
        yield [sql.FORGET, [round.id]];
      }),
    async readTellings(alertId) {
      const rows = await run(sql.READ_TELLINGS, [alertId]);
      return Array.from(Map.groupBy(rows, (row) => `${text(row, "event")} ${integer(row, "no")}`).values(), telling);
    },
    tell: (alertId, { no, event }, payload) =>
      inTransaction(function* () {
        const [held] = yield [sql.HOLD, [alertId]];
        if (!held) return;
        yield [sql.DELIVER, [alertId, no, event, payload]];
        yield [event === "alert.firing" ? sql.TOLD : sql.OVER_TOLD, [alertId, no]];
        yield [sql.TOLD_LAST, [alertId]];
        yield [sql.FORGET_DELIVERIES, [alertId]];
      }),
    addAlertTest: async (alertId, payload) => (await run(sql.ADD_TEST, [alertId, payload])).map(delivery),

    async readJobsWhoseUrlsEnd(tenant, before, limit) {
      const rows = await run(sql.URLS_END, [tenant, before, limit]);
      return rows.map((row) => ({ jobId: integer(row, "id"), urlsEndAt: integer(row, "urls_end_at") }));
    },
  };
}

/** Each id between commas, so that one is found in it by `like`. */
const listOf = (ids: readonly number[]): string => `,${ids.join(",")},`;

const quietValues = (quiet: QuietHours | null): readonly (string | null)[] =>
  quiet === null ? [null, null, null] : [quiet.from, quiet.to, quiet.timeZone];

const causeRow = ({ cause, detail, facts }: AlertCause) => ({ cause, detail, facts: JSON.stringify(facts) });

function shared(row: Row): NewAlert & { readonly id: number } {
  const [from, to] = [textOrNull(row, "quiet_from"), textOrNull(row, "quiet_to")];
  return {
    id: integer(row, "id"),
    tenant: text(row, "tenant"),
    name: text(row, "name"),
    kind: oneOf(row, "kind", ALERT_KINDS),
    threshold: Number(text(row, "threshold")),
    webhooks: text(row, "webhooks")
      .split(",")
      .filter((id) => id !== "")
      .map(Number),
    quiet: from === null || to === null ? null : { from, to, timeZone: textOrNull(row, "time_zone") },
    tellsEnd: integer(row, "tells_end") === 1,
  };
}

function alert(row: Row, causes: readonly Row[]): Alert {
  const [first] = causes;
  return {
    ...shared(row),
    enabled: integer(row, "enabled") === 1,
    createdAt: integer(row, "created_at"),
    checkedAt: integerOrNull(row, "checked_at"),
    toldAt: integerOrNull(row, "told_at"),
    firing: first ? integer(first, "firing") : 0,
    firingSince: first ? integerOrNull(first, "firing_since") : null,
    waiting: first ? integer(first, "waiting") : 0,
    causes: causes.map(knownCause),
  };
}

function dueAlert(row: Row): DueAlert {
  return { ...shared(row), token: integer(row, "token"), lastEnd: integer(row, "last_end") };
}

function knownCause(row: Row): KnownCause {
  const facts: KnownCause["facts"] = JSON.parse(text(row, "facts"));
  return {
    cause: text(row, "cause"),
    detail: text(row, "detail"),
    facts,
    since: integer(row, "since"),
    endedAt: integerOrNull(row, "ended_at"),
    toldAt: integerOrNull(row, "told_at"),
  };
}

function telling(rows: readonly Row[]): Telling {
  const [first] = rows;
  if (!first) throw new Error("a group must have a row");
  return {
    no: integer(first, "no"),
    event: oneOf(first, "event", TELLING_EVENTS),
    count: integer(first, "causes"),
    causes: rows.map(knownCause),
  };
}
