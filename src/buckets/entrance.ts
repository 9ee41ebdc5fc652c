/**
 * The way to one object or bucket: where it is, how a request to it is signed, and what the service's refusal means. Follows what the service tells of
 * its region and its clock, each once, and remembers it. Sends nothing.
 */
import { type BucketAddress, bucketUrl } from "../domain/bucket-address.ts";
import { ImageFault } from "../domain/error-codes.ts";
import { type BucketAccess, type Place, placeInAzure, placeInS3, regionOf } from "./bucket-access.ts";
import type { BucketMemory } from "./bucket-memory.ts";
import { type Answered, faultOfAnswer, TOO_SKEWED, WRONG_REGION } from "./refusals.ts";
import { signForAzure } from "./sign-azure.ts";
import type { SignedRequest, UnsignedRequest } from "./signed-request.ts";

export type Entrance = {
  place(): Place;
  /** A request to the place, with what the bucket is entered with now. */
  sign(request: Pick<UnsignedRequest, "method" | "query" | "headers">, access: BucketAccess): Promise<SignedRequest>;
  /** `again`: the place and a request may be others now. Null: the status tells all. */
  hear(answered: Answered): "again" | ImageFault | null;
};

/** What two clocks may differ in by themselves and be told in whole seconds. */
const SAME_CLOCK_MS = 60_000;

export function openEntrance(deps: {
  readonly access: BucketAccess;
  readonly address: BucketAddress;
  readonly memory: BucketMemory;
  readonly now: () => number;
}): Entrance {
  const { access, address, memory, now } = deps;
  const { scheme, bucket, key } = address;
  const id = `${access.kind === "s3" ? (access.endpoint ?? scheme) : access.account}/${bucket}`;
  /** Stands until the service says otherwise to this one: others may be told meanwhile. */
  let at = look();
  let asked = { region: false, clock: false };

  function look(): { readonly region: string; readonly place: Place } {
    if (access.kind === "azure") return { region: "", place: placeInAzure(access, address) };
    const region = regionOf(access, address, memory.regionOf(id));
    return { region, place: placeInS3(access, address, region) };
  }

  /** Names the object to a person, with who was asked for it. */
  function what(): string {
    return `${bucketUrl({ scheme, bucket, key })} at ${new URL(at.place.origin).hostname}`;
  }

  function hearRegion({ code, region: told }: Answered): "again" | ImageFault {
    if (told !== null && told !== at.region && !asked.region) {
      asked = { ...asked, region: true };
      memory.isIn(id, told);
      at = look();
      return "again";
    }
    const where = told === null ? "another region, which it does not name" : `the region ${told}`;
    const todo = "give the credentials that region, and no endpoint of another";
    return new ImageFault("http_error", `${what()}: the bucket is in ${where}; ${todo} (${code})`);
  }

  function hearClock(date: number | null, code: string): "again" | ImageFault {
    const { origin } = at.place;
    if (date !== null && !asked.clock) {
      asked = { ...asked, clock: true };
      memory.isAhead(origin, date - now());
      return "again";
    }
    const minutes = date === null ? "some" : String(Math.round(Math.abs(date - now()) / 60_000));
    return new ImageFault(
      "forbidden",
      `${what()}: the clocks differ by ${minutes} minutes; set this machine's (${code})`,
    );
  }

  /** Azure has no code of its own for it. */
  function isOtherTime({ code, date }: Answered): boolean {
    if (code === TOO_SKEWED) return true;
    const isUnsure = access.kind === "azure" && code === "AuthenticationFailed" && date !== null && !asked.clock;
    return isUnsure && Math.abs(date - now() - memory.aheadOf(at.place.origin)) > SAME_CLOCK_MS;
  }

  return {
    place: () => at.place,
    async sign({ method, query, headers }, access) {
      const { place, region } = at;
      const request: UnsignedRequest = { method, ...place, query, headers };
      const time = new Date(now() + memory.aheadOf(place.origin));
      if (access.kind === "azure") return signForAzure(access, request, time);
      return await memory.signerOf(access)(request, region, time);
    },
    hear(answered) {
      const { code, status } = answered;
      const isElsewhere = WRONG_REGION.has(code) || (answered.region !== null && (status === 301 || status === 307));
      if (access.kind === "s3" && isElsewhere) return hearRegion(answered);
      if (isOtherTime(answered)) return hearClock(answered.date, code);
      const fault = faultOfAnswer(answered, what());
      if (fault === null || access.kind === "azure" || code !== "AccessDenied" || access.requesterPays) return fault;
      const pays = "where whoever reads pays (requester pays), say so with the credentials";
      return new ImageFault(fault.code, `${fault.message}; ${pays}`);
    },
  };
}
