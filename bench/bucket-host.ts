/** A bucket as a process of its own, so that what it costs is not counted: it lists so many keys (ListObjectsV2), each made when it is asked for. */
import { startBucketHost } from "../src/testing/bucket-host.ts";
import { listAnswer } from "../src/testing/listed-bucket.ts";

const KEYS = Number(process.env.BUCKET_KEYS);
const PHOTOS_A_VISIT = 10;

const keyOf = (no: number) => {
  const visit = Math.floor(no / PHOTOS_A_VISIT);
  return `visits/B1/2026-01-05T${String(visit).padStart(8, "0")}/IMG_${String(no).padStart(8, "0")}.jpg`;
};
const { host } = await startBucketHost((request) => listAnswer(request, { keys: KEYS, keyOf }));
process.on("disconnect", () => process.exit());
process.send?.({ address: `http://${host}`, bytes: 0 });
