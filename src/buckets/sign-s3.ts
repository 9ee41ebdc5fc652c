/** AWS Signature 4 for S3, by AWS's own library, which is loaded with the first request that needs it. Sends nothing. */
import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import type { SignatureV4 } from "@smithy/signature-v4";
import type { S3Access } from "./bucket-access.ts";
import { encodedValue } from "./encoded-key.ts";
import type { SignedRequest, UnsignedRequest } from "./signed-request.ts";

/** A signature over a body would need it whole before the first byte is sent; its bytes are checked by Content-MD5 or by TLS. */
const UNSIGNED = "UNSIGNED-PAYLOAD";

export type SignS3 = (request: UnsignedRequest, region: string, at: Date) => Promise<SignedRequest>;

export function createS3Signer(access: S3Access): SignS3 {
  let signer: Promise<SignatureV4> | undefined;
  return async ({ method, origin, path, query, headers }, region, at) => {
    signer ??= loadSigner(access);
    const { protocol, host } = new URL(origin);
    const toSign = {
      method,
      protocol,
      hostname: host,
      path,
      query: { ...query },
      headers: {
        "x-amz-content-sha256": UNSIGNED,
        ...(access.requesterPays ? { "x-amz-request-payer": "requester" } : {}),
        ...headers,
        host,
      },
    };
    const signed = await (await signer).sign(toSign, { signingDate: at, signingRegion: region });
    const { host: _, ...rest } = signed.headers;
    return { target: targetOf(path, query), headers: rest };
  };
}

async function loadSigner(access: S3Access): Promise<SignatureV4> {
  const { SignatureV4: Signer } = await import("@smithy/signature-v4");
  const { accessKeyId, secretAccessKey, sessionToken } = access;
  return new Signer({
    service: "s3",
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === null ? {} : { sessionToken }) },
    sha256: Sha256,
    // S3 alone signs the path as it is sent: encoded once, nothing resolved in it.
    uriEscapePath: false,
    applyChecksum: false,
  });
}

export function targetOf(path: string, query: UnsignedRequest["query"]): string {
  const pairs = Object.entries(query).map(([name, value]) => `${encodedValue(name)}=${encodedValue(value)}`);
  return pairs.length === 0 ? path : `${path}?${pairs.join("&")}`;
}

type Source = string | ArrayBuffer | ArrayBufferView;

/** The library's own comes from another package. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(key?: Source) {
    this.#hash = key === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(key));
  }

  update(data: Source): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error("the signing library makes a new hash for each text");
  }
}

function bytesOf(source: Source): Uint8Array {
  if (typeof source === "string") return Buffer.from(source);
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  return new Uint8Array(source);
}
