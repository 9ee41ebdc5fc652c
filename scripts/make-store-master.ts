/**
 * Makes the example store master: `node scripts/make-store-master.ts > examples/store_master.csv`. Names and areas are invented; the same
 * every time.
 */
import { fileURLToPath } from "node:url";
import { createRandom } from "../src/pipeline/gpu/random.ts";

const AREAS = 60;
const FIRST_AREA = 7_100_001;
const RP_STORES = 4_944;
const OTHER_STORES = ["S00339218", "S01408764"] as const;
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
  const rp = Array.from({ length: RP_STORES }, (_, no) => `RP${String(no + 1).padStart(5, "0")}`);
  const further = Array.from(
    { length: FURTHER_STORES },
    (_, no) => `S${String(2_000_011 + no * 7_919).padStart(8, "0")}`,
  );
  const rows = [...OTHER_STORES, ...further, ...rp].map((id) => {
    const owner = pick(OWNERS);
    const kind = pick(KINDS);
    const place = random();
    const name =
      place < 0.15
        ? `${owner} & Sons, ${kind}`
        : place < 0.4
          ? `${owner}'s ${kind}`
          : place < 0.6
            ? `${kind} ${pick(STREETS)}`
            : `${owner} ${kind}`;
    return `${FIRST_AREA + Math.floor(random() * AREAS)},${name.includes(",") ? `"${name}"` : name},${id}\n`;
  });
  return `AreaCode,StoreName,StoreID\n${rows.join("")}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(makeStoreMaster());
