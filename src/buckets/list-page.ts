/** One page of a bucket's keys, read from the answer to ListObjectsV2 or List Blobs. */
import { ImageFault } from "../domain/error-codes.ts";
import { elementsOf, textOf } from "./answer-xml.ts";

export type ListedObject = { readonly key: string; readonly bytes: number };

export type ListPage = {
  readonly objects: readonly ListedObject[];
  /** Asks for the page behind this one; null for the last. */
  readonly next: string | null;
};

export function pageOfS3(xml: string): ListPage {
  if (!xml.includes("<ListBucketResult")) throw noList();
  // Asked for, but not every service does it.
  const isEncoded = textOf(xml, "EncodingType") === "url";
  const objects = [...elementsOf(xml, "Contents")].map((entry) => {
    const key = textOf(entry, "Key") ?? "";
    return { key: isEncoded ? decoded(key) : key, bytes: Number(textOf(entry, "Size") ?? 0) };
  });
  const isCut = textOf(xml, "IsTruncated") === "true";
  const next = isCut ? textOf(xml, "NextContinuationToken") : null;
  if (isCut && !next)
    throw new ImageFault("http_error", "the service says that there are more keys, and not how to ask for them");
  return { objects: objects.filter(({ key }) => isObject(key)), next };
}

export function pageOfAzure(xml: string): ListPage {
  if (!xml.includes("<EnumerationResults")) throw noList();
  const objects = [...elementsOf(xml, "Blob")].map((entry) => {
    const name = textOf(entry, "Name") ?? "";
    // Written so where it has characters that XML cannot hold.
    const key = /<Name\s[^<>]*Encoded="true"/.test(entry) ? decoded(name) : name;
    const isFolder = textOf(entry, "ResourceType") === "directory";
    return { key: isFolder ? "" : key, bytes: Number(textOf(entry, "Content-Length") ?? 0) };
  });
  return { objects: objects.filter(({ key }) => isObject(key)), next: textOf(xml, "NextMarker") || null };
}

/** Consoles mark an empty folder by a key with a slash at its end. */
function isObject(key: string): boolean {
  return key !== "" && !key.endsWith("/");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

function noList(): ImageFault {
  return new ImageFault("http_error", "what the service sent is no list of keys");
}
