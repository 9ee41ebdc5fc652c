/** An object in a bucket as a ByteSource over its address at the bucket's service. Each request is signed as it is sent, so that none runs out in line. */

import { accessTo } from "../buckets/access-to.ts";
import type { BucketAccess } from "../buckets/bucket-access.ts";
import type { BucketMemory } from "../buckets/bucket-memory.ts";
import { openEntrance } from "../buckets/entrance.ts";
import { answeredBy } from "../buckets/refusals.ts";
import { type BucketAddress, bucketAddressOf } from "../domain/bucket-address.ts";
import { ImageFault } from "../domain/error-codes.ts";
import { textOf } from "./fetch/headers.ts";
import type { ImageFetcher } from "./fetch/image-fetcher.ts";
import type { Visitor } from "./fetch/visitor.ts";
import type { OpenImage, OpenOptions } from "./process-image.ts";

/** Opens what is in buckets itself, with `open`, and leaves every other URL to `openRemote`. */
export function withBuckets(
  openRemote: OpenImage,
  deps: { readonly open: ImageFetcher["open"]; readonly memory: BucketMemory; readonly now: () => number },
): OpenImage {
  return (url, options) => {
    const address = bucketAddressOf(url);
    if (address === null) return openRemote(url, options);
    if ("fault" in address) return refused(new ImageFault("invalid_url", address.fault));
    if (address.key === "")
      return refused(new ImageFault("invalid_url", "the address names a bucket and no key in it"));
    try {
      return openObject({ ...deps, address, accessNow: () => accessTo(options.access(), address) }, options);
    } catch (error) {
      if (error instanceof ImageFault) return refused(error);
      throw error;
    }
  };
}

type Opened = ReturnType<OpenImage>;

/** `accessNow` is asked for each request: credentials are changed and removed while an image waits. */
export function openObject(
  deps: {
    readonly open: ImageFetcher["open"];
    readonly memory: BucketMemory;
    readonly now: () => number;
    readonly address: BucketAddress;
    readonly accessNow: () => BucketAccess;
  },
  options: OpenOptions,
): Opened {
  const { address, memory, now, accessNow } = deps;
  const access = accessNow();
  const entrance = openEntrance({ access, address, memory, now });
  const urlOf = ({ origin, path } = entrance.place()) => origin + path;

  const visitor: Visitor = {
    async introduce(url, range) {
      // Where a service sends its visitors on to, nothing of the credentials goes.
      if (url.origin !== entrance.place().origin) return { fields: "", target: null };
      const current = accessNow();
      if (current.endpoint !== access.endpoint || current.kind !== access.kind) throw movedAway(address);
      const headers = range === null ? {} : { range };
      const signed = await entrance.sign({ method: "GET", query: {}, headers }, current);
      const lines = Object.entries(signed.headers).filter(([name]) => name !== "range");
      return { fields: lines.map(([name, value]) => `${name}: ${value}\r\n`).join(""), target: signed.target };
    },
    hear({ url, status, headers, body }) {
      if (url.origin !== entrance.place().origin) return null;
      const heard = entrance.hear(answeredBy(status, (name) => textOf(headers[name]), body));
      return heard === "again" ? urlOf() : heard;
    },
  };
  return deps.open(urlOf(), { ...options, visitor });
}

function movedAway({ scheme, bucket }: BucketAddress): ImageFault {
  return new ImageFault("forbidden", `the endpoint for ${scheme}://${bucket} was changed meanwhile; retry`);
}

/** An image that is not asked for. */
function refused(fault: ImageFault): Opened {
  const refuse = () => Promise.reject(fault);
  return { prefix: refuse, tail: refuse, whole: refuse, totalBytes: () => null, attempts: () => 0, release: () => {} };
}
