/**
 * Makes the example store master: `node scripts/make-store-master.ts > examples/store_master.csv`, the same bytes every time.
 * Every name and area is invented; no real store may ever stand in it.
 */
import { createRandom } from "../src/pipeline/gpu/random.ts";

const AREAS = 60;
const FIRST_AREA = 7_100_001;
const RP_STORES = 4_944;
/** The examples' visits name these. */
const KNOWN_STORES = ["S00339218", "S01408764"] as const;
const FURTHER_STORES = 50;

const OWNERS = [
  "Anand",
  "Bélanger",
  "Castro",
  "D'Souza",
  "Ekström",
  "Farooq",
  "Gupta",
  "Hernández",
  "Iyer",
  "Jansen",
  "Kowalski",
  "Lakshmi",
  "Müller",
  "Nguyễn",
  "O'Brien",
  "Patel",
  "Quiroga",
  "Rossi",
  "Şahin",
  "Tanaka",
];
const KINDS = [
  "General Store",
  "Provisions",
  "Kirana",
  "Mini Market",
  "Corner Shop",
  "Traders",
  "Supermarket",
  "Stores",
  "Bazaar",
  "Grocery",
];
const STREETS = [
  "Station Road",
  "Market Street",
  "Old Town",
  "Lake View",
  "Temple Lane",
  "Harbour Gate",
  "Mill Hill",
  "Ring Road",
];

export function makeStoreMaster(): string {
  const random = createRandom(1_408_764);
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)] ?? "";

  function inventName(): string {
    const owner = pick(OWNERS);
    const kind = pick(KINDS);
    const form = random();
    if (form < 0.15) return `${owner} & Sons, ${kind}`;
    if (form < 0.4) return `${owner}'s ${kind}`;
    if (form < 0.6) return `${kind} ${pick(STREETS)}`;
    return `${owner} ${kind}`;
  }

  const rows = storeIds().map((id) => {
    const name = inventName();
    const area = FIRST_AREA + Math.floor(random() * AREAS);
    return `${area},${name.includes(",") ? `"${name}"` : name},${id}\n`;
  });
  return `AreaCode,StoreName,StoreID\n${rows.join("")}`;
}

function storeIds(): readonly string[] {
  const further = Array.from(
    { length: FURTHER_STORES },
    (_, no) => `S${String(2_000_011 + no * 7_919).padStart(8, "0")}`,
  );
  const rp = Array.from({ length: RP_STORES }, (_, no) => `RP${String(no + 1).padStart(5, "0")}`);
  return [...KNOWN_STORES, ...further, ...rp];
}

if (import.meta.main) process.stdout.write(makeStoreMaster());
