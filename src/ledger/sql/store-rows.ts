/** Stores and their sums as the port shows them: both ledgers' columns have the same names. */

import type { AreaActivity, StoreActivity, VisitDay } from "../port/store-ledger.ts";
import { integer, type Row, text, textOrNull } from "./row.ts";

function sums(row: Row) {
  return { visits: integer(row, "visits"), images: integer(row, "images"), failed: integer(row, "failed") };
}

export function storeActivity(row: Row): StoreActivity {
  const store = { id: text(row, "id"), name: text(row, "name"), area: text(row, "area") };
  const details = {
    route: textOrNull(row, "route"),
    type: textOrNull(row, "type"),
    opened: textOrNull(row, "opened"),
    closed: textOrNull(row, "closed"),
  };
  return { ...store, ...details, ...sums(row), lastVisit: textOrNull(row, "last_visit") };
}

export function visitDay(row: Row): VisitDay {
  return { date: text(row, "date"), ...sums(row) };
}

export function areaActivity(row: Row): AreaActivity {
  return {
    area: text(row, "area"),
    stores: integer(row, "stores"),
    visitedStores: integer(row, "visited_stores"),
    ...sums(row),
    lastVisit: textOrNull(row, "last_visit"),
  };
}
