/** The keys of the bench's bucket: visits of ten photos. */
const PHOTOS_A_VISIT = 10;
export const PREFIX = "visits/";

const timeOf = (no: number) => `2026-01-05 ${String(Math.floor(no / PHOTOS_A_VISIT)).padStart(8, "0")}`;
const nameOf = (no: number) => `IMG_${String(no).padStart(8, "0")}`;

export const keyOf = (no: number) => `${PREFIX}B1/${timeOf(no)}/${nameOf(no)}.jpg`;

/** The same as NDJSON, as the service makes it of them. */
export function* linesOf(keys: number): Iterable<string> {
  for (let first = 0; first < keys; first += PHOTOS_A_VISIT) {
    const images = Array.from({ length: Math.min(PHOTOS_A_VISIT, keys - first) }, (_, at) => ({
      url: `s3://photos/${keyOf(first + at)}`,
      external_id: nameOf(first + at),
    }));
    yield `${JSON.stringify({ store_id: "B1", visit_time: timeOf(first), image_url: images })}\n`;
  }
}
