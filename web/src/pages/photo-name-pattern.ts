/** What the name of a photo says of its visit: `STORE_DATE_n.jpg`, as `S00339218_2026-11-20_1.jpg` or `S00339218_20261120_1.jpg`. */

/** A store's id may have underscores in it: the date and the number are the last two parts. */
const PATTERN = /^(.+)_(\d{4})-?(\d{2})-?(\d{2})_(\d{1,6})\.[a-z0-9]{2,5}$/i;

export type NamedPhoto = {
  readonly file: File;
  readonly storeId: string;
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly no: number;
};

/** Null for a name of another form, and for a day that is in no calendar. */
export function namedPhoto(file: File): NamedPhoto | null {
  const [, storeId = "", year = "", month = "", day = "", no = ""] = PATTERN.exec(file.name) ?? [];
  const date = `${year}-${month}-${day}`;
  const time = Date.parse(`${date}T00:00:00Z`);
  if (storeId === "" || Number.isNaN(time) || !new Date(time).toISOString().startsWith(date)) return null;
  return { file, storeId, date, no: Number(no) };
}

export type NamedVisit = { readonly storeId: string; readonly date: string; readonly photos: readonly NamedPhoto[] };

/** A visit for each store and day, its photos by their numbers. */
export function visitsOf(photos: readonly NamedPhoto[]): readonly NamedVisit[] {
  const visits = Map.groupBy(photos, ({ storeId, date }) => `${storeId} ${date}`);
  return [...visits.values()].flatMap((ofVisit) => {
    const [first] = ofVisit;
    return first ? [{ storeId: first.storeId, date: first.date, photos: ofVisit.toSorted((a, b) => a.no - b.no) }] : [];
  });
}
