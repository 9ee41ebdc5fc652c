/**
 * How the field spells the columns that we know: one table for jobs and store masters. Compared without case, spaces and punctuation. A name of
 * our own wins over a usual spelling, and what the sender says (`columns=store_id:Shop`) over both.
 */

const SPELLINGS = {
  store_id: [
    "store",
    "storecode",
    "storeno",
    "storenr",
    "storenumber",
    "storekey",
    "storeref",
    "shopid",
    "shop",
    "shopcode",
    "shopno",
    "shopnumber",
    "outletid",
    "outlet",
    "outletcode",
    "outletno",
    "outletnumber",
    "branchid",
    "branchcode",
    "siteid",
    "sitecode",
    "locationid",
    "locationcode",
    "posid",
    "poscode",
    "retailerid",
    "customercode",
  ],
  image_url: [
    "imageurls",
    "image",
    "images",
    "imagelink",
    "imagelinks",
    "imagepath",
    "img",
    "imgurl",
    "photourl",
    "photourls",
    "photo",
    "photos",
    "photolink",
    "photolinks",
    "pictureurl",
    "picture",
    "pictures",
    "picturelink",
    "url",
    "urls",
    "link",
    "links",
  ],
  visit_time: [
    "visitdate",
    "visitdatetime",
    "visittimestamp",
    "visitedat",
    "visitedon",
    "visitday",
    "dateofvisit",
    "timeofvisit",
    "visitat",
    "visiton",
    "visit",
    "datetime",
    "timestamp",
    "date",
    "time",
    "capturedat",
    "takenat",
    "checkintime",
  ],
  external_id: ["externalid", "imageid", "photoid"],
  metadata: [],
  visit_external_id: ["visitid"],
  visit_metadata: [],
  store_name: ["name", "shopname", "outletname", "branchname", "sitename", "locationname"],
  area_code: [
    "area",
    "areaid",
    "areano",
    "areanumber",
    "region",
    "regioncode",
    "territory",
    "territorycode",
    "zone",
    "zonecode",
  ],
  latitude: ["lat", "storelatitude", "storelat", "gpslatitude", "gpslat", "ycoordinate"],
  longitude: [
    "long",
    "lon",
    "lng",
    "storelongitude",
    "storelong",
    "storelng",
    "gpslongitude",
    "gpslong",
    "xcoordinate",
  ],
  route: ["routeid", "routecode", "routename", "beat", "beatcode", "tour"],
  type: ["storetype", "shoptype", "outlettype", "channel", "storeformat"],
  opened: ["openedon", "openedat", "opening", "openingdate", "opendate", "dateopened", "openfrom"],
  closed: ["closedon", "closedat", "closing", "closingdate", "closedate", "dateclosed", "openuntil"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type ColumnName = keyof typeof SPELLINGS;

/** Who made the visit is a member of its metadata, under the name that insight and reviews look for when nobody said another. */
const KEY_SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  "visit_metadata.agent": [
    "agent",
    "agentname",
    "agentid",
    "agentcode",
    "fieldagent",
    "fieldrep",
    "rep",
    "repname",
    "salesrep",
    "merchandiser",
    "merchandisername",
    "auditor",
    "auditorname",
    "surveyor",
  ],
};

const MOST_LISTED = 20;

/** Metadata of an image or a visit, a column for each key: `metadata.shelf`. */
const KEY_COLUMN = /^(?:visit_)?metadata\.(.+)$/s;

/** Which header means which of our columns, as a sender said it. */
export type ChosenColumns = ReadonlyMap<string, string>;

export const NO_CHOICE: ChosenColumns = new Map();

export function isColumnName(name: string): name is ColumnName {
  return Object.hasOwn(SPELLINGS, name);
}

/** Our name for a header that says it of itself: the name as it is, or a column of metadata. */
export function isKnownColumn(name: string): boolean {
  return isColumnName(name) || KEY_COLUMN.test(name);
}

export const isKeyColumn = (name: string) => KEY_COLUMN.test(name);

/** A header as it stands in the file; null for one that means nothing here. */
export type TableColumn = { readonly header: string; readonly means: string | null };

export type FoundColumns = {
  /** Where each column stands; those of metadata by their whole name. */
  readonly at: ReadonlyMap<string, number>;
  /** Headers of one name that nobody can choose between. */
  readonly doubled: readonly { readonly name: string; readonly headers: readonly string[] }[];
  /** Chosen headers that the file does not have. */
  readonly absent: readonly { readonly name: string; readonly header: string }[];
  /** What the file's headers mean, in their order. */
  readonly meanings: readonly TableColumn[];
};

/** `wanted` are the columns that have a meaning in this kind of file. */
export function findColumns(
  cells: readonly string[],
  wanted: readonly ColumnName[],
  { chosen = NO_CHOICE, withKeys = false }: { readonly chosen?: ChosenColumns; readonly withKeys?: boolean } = {},
): FoundColumns {
  const headers = cells.map((cell) => cell.trim());
  const at = new Map<string, number>();
  const doubled: { name: string; headers: string[] }[] = [];
  const absent: { name: string; header: string }[] = [];

  const put = (name: string, places: readonly number[]) => {
    const [first] = places;
    if (first === undefined) return false;
    if (places.length > 1) doubled.push({ name, headers: places.map((place) => headers[place] ?? "") });
    at.set(name, first);
    return true;
  };
  const isFree = (place: number) => ![...at.values()].includes(place);
  const placesOf = (isMeant: (header: string) => boolean) =>
    headers.flatMap((header, place) => (isMeant(header) && isFree(place) ? [place] : []));

  for (const [name, header] of chosen) {
    const exact = placesOf((own) => own === header.trim());
    if (!put(name, exact.length > 0 ? exact : placesOf((own) => plain(own) === plain(header))))
      absent.push({ name, header });
  }
  if (withKeys) {
    const keys = new Set(headers.filter((header, place) => KEY_COLUMN.test(header) && isFree(place)));
    for (const name of keys)
      if (!chosen.has(name))
        put(
          name,
          placesOf((own) => own === name),
        );
  }
  const left = wanted.filter((name) => !chosen.has(name));
  // All own names first: `visit` is not the time of a file that has `visit_time` too.
  const without = left.filter(
    (name) =>
      !put(
        name,
        placesOf((own) => plain(own) === plain(name)),
      ),
  );
  for (const name of without) {
    const spellings: readonly string[] = SPELLINGS[name];
    put(
      name,
      placesOf((own) => spellings.includes(plain(own))),
    );
  }
  for (const [name, spellings] of withKeys ? Object.entries(KEY_SPELLINGS) : []) {
    // Of several that may be meant the first is: a name and a number of the same person are as good as each other.
    if (!at.has(name)) put(name, placesOf((own) => spellings.includes(plain(own))).slice(0, 1));
  }
  const names = new Map([...at].map(([name, place]) => [place, name]));
  return {
    at,
    doubled,
    absent,
    meanings: headers.map((header, place) => ({ header, means: names.get(place) ?? null })),
  };
}

/** Headers that mean nothing here; a column without one is nobody's loss. */
export function ignoredHeaders(meanings: readonly TableColumn[]): readonly string[] {
  return meanings.flatMap(({ header, means }) => (means === null && header !== "" ? [header] : []));
}

/** Without case, spaces and what stands between words. */
export function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_\-./#()]/g, "");
}

/** What is wrong with the columns of a file; null when it can be read. */
export function columnFault(
  { at, doubled, absent, meanings }: FoundColumns,
  needed: readonly ColumnName[],
): { readonly code: "missing" | "repeated" | "unknown"; readonly detail: string } | null {
  const there = meanings.map(({ header }) => header).filter((header) => header !== "");
  const names = there.slice(0, MOST_LISTED).map((header) => JSON.stringify(header));
  const listed =
    there.length === 0 ? "it names none" : `it has ${names.join(", ")}${there.length > MOST_LISTED ? " …" : ""}`;
  if (absent.length > 0) {
    const wanted = absent.map(({ name, header }) => `${JSON.stringify(header)} for ${name}`).join(", ");
    return { code: "unknown", detail: `the header has no ${wanted}; ${listed}` };
  }
  const unknown = ignoredHeaders(meanings);
  const missing = needed.filter((name) => !at.has(name));
  if (missing.length > 0) {
    // One that is left over for one that is missing may be guessed, if it can be typed as it is; of several nobody knows which is which.
    const [only = ""] = missing.length === 1 && unknown.length === 1 ? unknown : [];
    const guess = /^[\w.-]+$/.test(only) ? only : undefined;
    const chosen = missing.map((name) => `${name}:${guess ?? "NAME"}`).join(",");
    return {
      code: "missing",
      detail: `must name the columns ${needed.join(", ")}; missing: ${missing.join(", ")}; ${listed}. Say which is which: columns=${chosen}`,
    };
  }
  if (doubled.length === 0) return null;
  const twice = doubled.map(({ name, headers }) =>
    new Set(headers).size === 1 ? name : `${name} (${headers.join(", ")})`,
  );
  return { code: "repeated", detail: `must name each column once; more than once: ${twice.join(", ")}` };
}
