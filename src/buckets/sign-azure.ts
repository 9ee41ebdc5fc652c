/**
 * Azure's Shared Key, by its specification ("Authorize with Shared Key", Blob service): one HMAC over the request's lines. Microsoft's own signing
 * comes with its whole client (docs/decisions/0028-buckets.md). Sends nothing.
 */
import { createHmac } from "node:crypto";
import type { AzureAccess } from "./bucket-access.ts";
import { targetOf } from "./sign-s3.ts";
import type { SignedRequest, UnsignedRequest } from "./signed-request.ts";

const API_VERSION = "2021-12-02";

/** Headers with a line of their own, in the order of the lines; the date stands in `x-ms-date`. */
const LINES = [
  "content-encoding",
  "content-language",
  "content-length",
  "content-md5",
  "content-type",
  "date",
  "if-modified-since",
  "if-match",
  "if-none-match",
  "if-unmodified-since",
  "range",
] as const;

export function signForAzure(access: AzureAccess, request: UnsignedRequest, at: Date): SignedRequest {
  const { method, path, query } = request;
  const headers: Record<string, string> = {
    ...request.headers,
    "x-ms-version": API_VERSION,
    "x-ms-date": at.toUTCString(),
  };
  const { account, by, secret } = access;
  if (by === "sas") {
    const target = targetOf(path, query);
    return { target: `${target}${target.includes("?") ? "&" : "?"}${secret.replace(/^\?/, "")}`, headers };
  }
  const named = Object.keys(headers)
    .filter((name) => name.startsWith("x-ms-"))
    .toSorted()
    .map((name) => `${name}:${headers[name]}\n`);
  const asked = Object.entries(query)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `\n${name.toLowerCase()}:${value}`);
  const lines = LINES.map((name) => (name === "content-length" && headers[name] === "0" ? "" : (headers[name] ?? "")));
  const text = [method, ...lines, `${named.join("")}/${account}${path}${asked.join("")}`].join("\n");
  const signature = createHmac("sha256", Buffer.from(secret, "base64")).update(text).digest("base64");
  return { target: targetOf(path, query), headers: { ...headers, authorization: `SharedKey ${account}:${signature}` } };
}
