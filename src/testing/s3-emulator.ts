/** s3rver, an emulator of S3 that checks signatures, with one bucket, in a folder of its own. Tests only. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { S3Access } from "../buckets/bucket-access.ts";
import { startChildServer } from "./child-server.ts";
import { emulator } from "./emulators.ts";

export const S3_EMULATOR = emulator("@20minutes/s3rver/lib/s3rver.js");

export type S3Emulator = {
  readonly access: S3Access;
  readonly bucket: string;
  /** `host:port`, for an allow-list. */
  readonly host: string;
  close(): Promise<void>;
};

export async function startS3Emulator(): Promise<S3Emulator> {
  const folder = await mkdtemp(join(tmpdir(), "storewalk-s3-"));
  const bucket = "photos";
  const options = {
    directory: folder,
    address: "127.0.0.1",
    port: 0,
    silent: true,
    vhostBuckets: false,
    configureBuckets: [{ name: bucket }],
  };
  const main = `const Server = require(${JSON.stringify(S3_EMULATOR.path)});
    new Server(${JSON.stringify(options)}).run().then(({ port }) => console.log("listening on 127.0.0.1:" + port));`;
  const server = await startChildServer(["-e", main], /listening on ([\d.]+:\d+)/);
  return {
    access: {
      kind: "s3",
      endpoint: `http://${server.url}`,
      region: null,
      pathStyle: null,
      accessKeyId: "S3RVER",
      secretAccessKey: "S3RVER",
      sessionToken: null,
      requesterPays: false,
    },
    bucket,
    host: server.url,
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
