import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { openBucket } from "../buckets/bucket.ts";
import { createBucketMemory } from "../buckets/bucket-memory.ts";
import { openEntrance } from "../buckets/entrance.ts";
import type { BucketScheme } from "../domain/bucket-address.ts";
import { uploadPath } from "../domain/upload.ts";
import { createBucketRequests } from "../pipeline/fetch/bucket-requests.ts";
import { createGuard } from "../pipeline/fetch/guard.ts";
import { systemClock } from "../process/clock.ts";
import { AZURITE, type Azurite, startAzurite } from "../testing/azurite.ts";
import { S3_EMULATOR, type S3Emulator, startS3Emulator } from "../testing/s3-emulator.ts";
import { openUploadBucket } from "./upload-bucket.ts";
import { openUploadFolder } from "./upload-folder.ts";
import { describeUploads, type StoresUnderTest } from "./uploads.contract.ts";

async function startFolders(): Promise<StoresUnderTest> {
  const root = mkdtempSync(join(tmpdir(), "storewalk-test-"));
  return {
    async open() {
      const path = mkdtempSync(join(root, "uploads-"));
      const stranger = join(path, "notes.txt");
      const files = () => readdirSync(path, { recursive: true, encoding: "utf8" }).map((name) => basename(name));
      return {
        store: openUploadFolder(path),
        contents: async () => {
          const names = files().filter((name) => /^[0-9a-f]{64}-/.test(name));
          return new Map(names.map((name) => [name, readFileSync(join(path, uploadPath(name)), "utf8")]));
        },
        incoming: () => readdirSync(join(path, "incoming")).length,
        putStranger: async () => writeFileSync(stranger, "mine"),
        hasStranger: async () => existsSync(stranger),
      };
    },
    close: async () => rmSync(root, { recursive: true, force: true }),
  };
}

async function startBuckets(
  scheme: BucketScheme,
  start: () => Promise<S3Emulator | Azurite>,
): Promise<StoresUnderTest> {
  const emulator = await start();
  const root = mkdtempSync(join(tmpdir(), "storewalk-test-"));
  const requests = createBucketRequests(createGuard({ allowHosts: [emulator.host] }), { keptConnections: true });
  const { access } = emulator;
  const memory = createBucketMemory();
  const bucket = openBucket({
    access,
    bucket: { scheme, bucket: emulator.bucket },
    memory,
    send: requests.send,
    clock: systemClock,
    random: Math.random,
  });

  async function read(key: string): Promise<string> {
    const address = { scheme, bucket: emulator.bucket, key };
    const entrance = openEntrance({ access, address, memory, now: Date.now });
    const { target, headers } = await entrance.sign({ method: "GET", query: {}, headers: {} }, access);
    return await (await fetch(entrance.place().origin + target, { headers })).text();
  }

  let opened = 0;
  return {
    async open() {
      opened += 1;
      const prefix = `shop ${opened}/`;
      const incoming = mkdtempSync(join(root, "incoming-"));
      const stranger = `${prefix}ab/notes.txt`;
      const keys = async () => (await Array.fromAsync(bucket.list(prefix, new AbortController().signal))).flat();
      return {
        store: openUploadBucket({ bucket, prefix, incoming }),
        contents: async () => {
          const names = (await keys()).map(({ key }) => basename(key)).filter((name) => /^[0-9a-f]{64}-/.test(name));
          return new Map(
            await Promise.all(names.map(async (name) => [name, await read(prefix + uploadPath(name))] as const)),
          );
        },
        incoming: () => readdirSync(incoming).length,
        async putStranger() {
          const path = join(root, "stranger");
          writeFileSync(path, "mine");
          await bucket.put(stranger, { path, bytes: 4 });
        },
        hasStranger: async () => (await bucket.ageMs(stranger)) !== null,
      };
    },
    async close() {
      await requests.close();
      await emulator.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

describeUploads("a folder", startFolders);
describeUploads("a bucket of s3://", () => startBuckets("s3", startS3Emulator), { skip: S3_EMULATOR.skip });
describeUploads("a bucket of az://", () => startBuckets("az", startAzurite), { skip: AZURITE.skip });
