/**
 * The keys of a bucket as a submission, a page at a time: photos that follow each other and are of one store and one time are one visit. Holds no more than
 * a page and the visit it is at, and counts what is no photo of the pattern. Where only new photos are wanted and none is, there are no bytes.
 */
import { type BucketAddress, bucketAddressOf, bucketUrl } from "../domain/bucket-address.ts";
import type { KeyParts, KeyPattern } from "./key-pattern.ts";
import { type Bytes, UnreadableBody } from "./pieces.ts";

export type ListedRow = KeyParts & { readonly url: string };

export type ListingSoFar = {
  readonly keys: number;
  readonly matched: number;
  /** Those of them that are wanted. */
  readonly wanted: number;
  /** The first that matched. */
  readonly rows: readonly ListedRow[];
  /** The first that did not, and why. */
  readonly others: readonly { readonly key: string; readonly why: string }[];
};

export type Listing = {
  /** As NDJSON. To be read once. */
  readonly bytes: Bytes;
  soFar(): ListingSoFar;
};

const MOST_SHOWN = 10;
const MOST_IMAGES_A_VISIT = 1_000;
/** An image's name of one's own has no more (labels). */
const MOST_NAME_CHARACTERS = 128;

export function createListing(deps: {
  /** Its key is what the keys begin with. */
  readonly from: BucketAddress;
  readonly pattern: KeyPattern;
  readonly pages: AsyncIterable<readonly { readonly key: string }[]>;
  /** Those of a page that are wanted; absent for all. */
  readonly onlyNew?: (rows: readonly ListedRow[]) => Promise<readonly ListedRow[]>;
}): Listing {
  const { from, pattern, onlyNew = async (rows) => rows } = deps;
  // The pattern begins behind the prefix's last folder.
  const begin = from.key.lastIndexOf("/") + 1;
  const rows: ListedRow[] = [];
  const others: { readonly key: string; readonly why: string }[] = [];
  let keys = 0;
  let matched = 0;
  let wanted = 0;

  function rowOf(key: string): ListedRow | null {
    keys += 1;
    const parts = pattern(key.slice(begin));
    const why = parts.kind === "other" ? parts.why : notAsWritten({ ...from, key });
    if (parts.kind === "other" || why !== null) {
      if (others.length < MOST_SHOWN) others.push({ key, why: why ?? "" });
      return null;
    }
    matched += 1;
    const { storeId, visitTime, name } = parts;
    const row = { storeId, visitTime, name, url: bucketUrl({ ...from, key }) };
    if (rows.length < MOST_SHOWN) rows.push(row);
    return row;
  }

  async function* read(): Bytes {
    let visit: ListedRow[] = [];
    for await (const page of deps.pages) {
      let lines = "";
      for (const row of await onlyNew(page.flatMap(({ key }) => rowOf(key) ?? []))) {
        wanted += 1;
        const [first] = visit;
        if (first && (!isOneVisit(first, row) || visit.length === MOST_IMAGES_A_VISIT)) {
          lines += lineOf(visit);
          visit = [];
        }
        visit.push(row);
      }
      yield Buffer.from(lines);
    }
    if (matched === 0) throw nothingFound();
    if (visit.length > 0) yield Buffer.from(lineOf(visit));
  }

  function nothingFound(): UnreadableBody {
    const [other] = others;
    const found = other
      ? `${keys} ${keys === 1 ? "key" : "keys"}, the first is ${JSON.stringify(other.key)}, which ${other.why}`
      : "no keys at all";
    return new UnreadableBody(
      "/visits",
      "missing",
      `no key below ${bucketUrl(from)} is a photo of the pattern: ${found}`,
    );
  }

  return { bytes: read(), soFar: () => ({ keys, matched, wanted, rows, others }) };
}

function isOneVisit(one: ListedRow, other: ListedRow): boolean {
  return one.storeId === other.storeId && one.visitTime === other.visitTime;
}

function lineOf(visit: readonly ListedRow[]): string {
  const [first] = visit;
  const images = visit.map(({ url, name }) =>
    name === null || name.length > MOST_NAME_CHARACTERS ? url : { url, external_id: name },
  );
  return `${JSON.stringify({ store_id: first?.storeId, visit_time: first?.visitTime, image_url: images })}\n`;
}

/** White space at a key's ends would be cut from its address, and some keys are no addresses at all. */
function notAsWritten(address: BucketAddress): string | null {
  const read = bucketAddressOf(bucketUrl(address));
  if (read === null) return "cannot be written as an address";
  if ("fault" in read) return `cannot be written as an address: ${read.fault}`;
  return read.key === address.key ? null : "begins or ends in white space, which no address can hold";
}
