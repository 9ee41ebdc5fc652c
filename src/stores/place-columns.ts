/** The optional columns of a store's place, as the field spells them. Names come without case, spaces, hyphens and underscores. */

const LATITUDE = ["latitude", "lat", "storelatitude", "storelat", "gpslatitude", "gpslat", "ycoordinate"];
const LONGITUDE = [
  "longitude",
  "long",
  "lon",
  "lng",
  "storelongitude",
  "storelong",
  "storelng",
  "gpslongitude",
  "gpslong",
  "xcoordinate",
];

/** Where they stand; null unless both are there. */
export function placeColumns(
  names: readonly string[],
): { readonly latitude: number; readonly longitude: number } | null {
  const latitude = names.findIndex((name) => LATITUDE.includes(name));
  const longitude = names.findIndex((name) => LONGITUDE.includes(name));
  return latitude === -1 || longitude === -1 ? null : { latitude, longitude };
}

/** Degrees with a point or a comma; NaN for anything else, an empty cell too. */
export function degreesFrom(cell: string): number {
  const text = cell.trim().replace(",", ".");
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}
