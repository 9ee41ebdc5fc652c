/** The host of the bench of inspections, a process of its own: photos of which no two show the same, in their pixels or in their thumbnails. */
import { BARE, beginningOf, fieldPhoto, PICTURES, THUMBNAILS, thumbnailOf } from "./field-photo.ts";
import { servePhotos } from "./photo-server.ts";

const photos: (readonly Uint8Array[])[] = [];
for (let no = 0; no < PICTURES; no++) photos.push(await fieldPhoto(no));
const bytes = Math.round(photos.flat().reduce((sum, piece) => sum + piece.length, 0) / PICTURES);
/** Beginnings with thumbnails of their own before pixels that others have, too: for who looks at beginnings only. */
for (let no = PICTURES; no < THUMBNAILS; no++) {
  const [, pixels = new Uint8Array()] = photos[no % PICTURES] ?? [];
  photos.push([beginningOf(await thumbnailOf(no)), pixels]);
}
const start = Uint8Array.of(0xff, 0xd8);
servePhotos((no) => {
  if (no < BARE) return photos[no];
  const [, pixels = new Uint8Array()] = photos[no % PICTURES] ?? [];
  return [start, pixels];
}, bytes);
