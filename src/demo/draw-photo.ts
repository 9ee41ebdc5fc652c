/** Which photos the demo has, and who draws them. Loads sharp with the first one drawn: that takes longer than a start may take, and is needed once. */
import { TRUTH_PHOTOS } from "./truth-sample.ts";

/** Those of the sample job, by number. */
export const PHOTOS = 240;

export const PHOTO_NAMES: readonly string[] = [
  ...Array.from({ length: PHOTOS }, (_, no) => String(no)),
  ...TRUTH_PHOTOS,
];

export async function drawDemoPhoto(name: string): Promise<Uint8Array> {
  const truthPhoto = TRUTH_PHOTOS.find((known) => known === name);
  if (truthPhoto !== undefined) return await (await import("./truth-photos.ts")).drawTruthPhoto(truthPhoto);
  return await (await import("./photos.ts")).drawPhoto(Number(name));
}
