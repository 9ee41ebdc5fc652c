/** Azurite, Microsoft's emulator of Azure's storage, which checks signatures; in memory, with one container. Tests only. */
import type { AzureAccess } from "../buckets/bucket-access.ts";
import { signForAzure } from "../buckets/sign-azure.ts";
import { startChildServer } from "./child-server.ts";
import { emulator } from "./emulators.ts";

export const AZURITE = emulator("azurite/dist/src/blob/main.js");

/** The account that every Azurite has, with its published key. */
const ACCOUNT = "devstoreaccount1";
const KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

export type Azurite = {
  readonly access: AzureAccess;
  readonly bucket: string;
  readonly host: string;
  close(): Promise<void>;
};

export async function startAzurite(): Promise<Azurite> {
  const args = [
    "--blobHost",
    "127.0.0.1",
    "--blobPort",
    "0",
    "--inMemoryPersistence",
    "--disableTelemetry",
    "--silent",
  ];
  const server = await startChildServer([AZURITE.path, ...args], /listens on http:\/\/([\d.]+:\d+)/);
  const origin = `http://${server.url}`;
  const access: AzureAccess = {
    kind: "azure",
    account: ACCOUNT,
    endpoint: `${origin}/${ACCOUNT}`,
    by: "key",
    secret: KEY,
  };
  const bucket = "photos";
  const made = signForAzure(
    access,
    { method: "PUT", origin, path: `/${ACCOUNT}/${bucket}`, query: { restype: "container" }, headers: {} },
    new Date(),
  );
  const answer = await fetch(origin + made.target, { method: "PUT", headers: made.headers });
  if (answer.status !== 201) throw new Error(`the container was not made: ${answer.status} ${await answer.text()}`);
  return { access, bucket, host: server.url, close: server.close };
}
