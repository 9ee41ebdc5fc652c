/** Places on earth and how far they are from each other. */

/** Degrees, north and east positive. */
export type Place = { readonly latitude: number; readonly longitude: number };

const EARTH_RADIUS_METRES = 6_371_008.8;

/** Null for what is no place: no number, beyond the poles, and 0,0, which cameras write when they do not know. */
export function placeFrom(latitude: number, longitude: number): Place | null {
  const isPlace = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  const isUnknown = Math.abs(latitude) < 1e-6 && Math.abs(longitude) < 1e-6;
  return isPlace && !isUnknown ? { latitude, longitude } : null;
}

/** Along the surface of a sphere (haversine); within 0.6 % of the ellipsoid's. */
export function metresBetween(a: Place, b: Place): number {
  const radians = Math.PI / 180;
  const up = Math.sin(((b.latitude - a.latitude) * radians) / 2) ** 2;
  const along = Math.sin(((b.longitude - a.longitude) * radians) / 2) ** 2;
  const part = up + Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * along;
  return 2 * EARTH_RADIUS_METRES * Math.asin(Math.min(1, Math.sqrt(part)));
}
