/** The job of the failpoint tests: visits of stores that the master does not need to know, as NDJSON. */

export const VISITS = 30;
export const IMAGES_A_VISIT = 50;
export const VISIT_DATE = "2024-05-01";

export async function* jobLines(): AsyncIterable<Uint8Array> {
  for (let visit = 0; visit < VISITS; visit++) {
    const image_url = Array.from({ length: IMAGES_A_VISIT }, (_, no) => `http://photos.example/${visit}/${no}.png`);
    yield new TextEncoder().encode(`${JSON.stringify({ store_id: "S1", visit_time: VISIT_DATE, image_url })}\n`);
  }
}
