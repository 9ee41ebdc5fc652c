/**
 * Stores of the store master whose ids are nearly the ones that it does not have: other case, other zeros in front, one character more, less,
 * other or turned round. For people to choose from; nothing is ever changed by it.
 */
import type { StoreLedger } from "../ledger/port/store-ledger.ts";
import { shown } from "./problems.ts";

/** Whoever has more unknown stores than that has another store master. */
const MOST_ASKED = 25;
const MOST_SHOWN = 3;
/** In a larger master nobody waits for it. */
const MOST_STORES = 300_000;
const STORES_A_PAGE = 1_000;

/** Near ids of each, the best first; ids without any are left out. */
export async function nearStores(
  ledger: Pick<StoreLedger, "countStores" | "readStores">,
  unknown: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const asked = unknown.slice(0, MOST_ASKED);
  if (asked.length === 0 || (await ledger.countStores()) > MOST_STORES) return new Map();
  const same = new Map<string, string[]>();
  const similar = new Map<string, string[]>();
  for (const id of asked) {
    noteUnder(same, bare(id), id);
    for (const variant of variants(bare(id))) noteUnder(similar, variant, id);
  }
  const found = new Map<string, { readonly same: string[]; readonly similar: string[] }>(
    asked.map((id) => [id, { same: [], similar: [] }]),
  );
  for await (const storeId of storeIds(ledger)) {
    const text = bare(storeId);
    for (const id of same.get(text) ?? []) found.get(id)?.same.push(storeId);
    const near = new Set(variants(text).flatMap((variant) => similar.get(variant) ?? []));
    for (const id of near) if (bare(id) !== text) found.get(id)?.similar.push(storeId);
  }
  return new Map(
    [...found]
      .map(([id, ids]) => [id, [...ids.same, ...ids.similar].slice(0, MOST_SHOWN)] as const)
      .filter(([, ids]) => ids.length > 0),
  );
}

export function didYouMean(storeId: string, ids: readonly string[]): string {
  const [first = ""] = ids;
  const lostZeros = /^0+/.test(first) && first.replace(/^0+/, "") === storeId;
  const names = ids.map((id) => shown(id)).join(" or ");
  return `Did you mean ${names}?${lostZeros ? " Spreadsheets take zeros off the front of numbers: give the column the format Text" : ""}`;
}

function noteUnder(map: Map<string, string[]>, key: string, id: string): void {
  const there = map.get(key);
  if (!there) map.set(key, [id]);
  else if (!there.includes(id)) there.push(id);
}

/** Without case, zeros in front and what stands between parts. */
const bare = (id: string) =>
  id
    .toUpperCase()
    .replace(/[\s_\-./]/g, "")
    .replace(/^0+(?=.)/, "")
    .replace(/^([A-Z]+)0+(?=\d)/, "$1");

/** The text itself, and each way to leave one character out: two ids with one in common are one step from each other, or one turn. */
function variants(text: string): string[] {
  return [text, ...Array.from(text, (_, at) => text.slice(0, at) + text.slice(at + 1))];
}

async function* storeIds(ledger: Pick<StoreLedger, "readStores">): AsyncIterable<string> {
  let afterId: string | undefined = "";
  while (afterId !== undefined) {
    const stores: Awaited<ReturnType<StoreLedger["readStores"]>> = await ledger.readStores({
      area: null,
      afterId,
      limit: STORES_A_PAGE,
    });
    for (const { id } of stores) yield id;
    afterId = stores.length < STORES_A_PAGE ? undefined : stores.at(-1)?.id;
  }
}
