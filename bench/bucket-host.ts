/** A bucket as a process of its own, so that what it costs is not counted: it lists so many keys (ListObjectsV2), each made when it is asked for. */
import { startBucketHost } from "../src/testing/bucket-host.ts";
import { listAnswer } from "../src/testing/listed-bucket.ts";
import { keyOf } from "./bucket-keys.ts";

const keys = Number(process.env.BUCKET_KEYS);
const { host } = await startBucketHost((request) => listAnswer(request, { keys, keyOf }));
process.on("disconnect", () => process.exit());
process.send?.({ address: `http://${host}`, bytes: 0 });
