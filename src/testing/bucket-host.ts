/**
 * A service of buckets on loopback that answers as a test says, for what emulators cannot do: other regions, wrong clocks, archives. It sees each
 * request's target as it was sent. Checks no signature. Tests only.
 */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { S3Access } from "../buckets/bucket-access.ts";

export type BucketRequest = { readonly target: string; readonly headers: IncomingHttpHeaders };

export type BucketAnswer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
};

export type BucketHost = {
  readonly host: string;
  readonly access: S3Access;
  /** In their order. */
  readonly asked: readonly BucketRequest[];
  close(): Promise<void>;
};

export async function startBucketHost(answer: (request: BucketRequest) => BucketAnswer): Promise<BucketHost> {
  const asked: BucketRequest[] = [];
  const server = createServer((request, response) => {
    const seen = { target: request.url ?? "", headers: request.headers };
    asked.push(seen);
    const { status, headers = {}, body = "" } = answer(seen);
    response.writeHead(status, { "content-length": Buffer.byteLength(body), ...headers }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a server on a port has a port");
  const host = `127.0.0.1:${address.port}`;
  return {
    host,
    access: {
      kind: "s3",
      endpoint: `http://${host}`,
      region: null,
      pathStyle: null,
      accessKeyId: "AKIDEXAMPLE",
      secretAccessKey: "SECRETEXAMPLE",
      sessionToken: null,
      requesterPays: false,
    },
    asked,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** As S3 writes it. */
export function refusalOf(status: number, code: string, more = ""): BucketAnswer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>Some words.</Message>${more}<RequestId>1</RequestId></Error>`;
  return { status, headers: { "content-type": "application/xml" }, body };
}
