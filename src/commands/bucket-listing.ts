/** What was found below a prefix of a bucket, for people: the photos of the pattern, and the keys that are none. */
import type { BucketDryRun } from "../../sdk/src/client.ts";
import { say } from "./talk.ts";

type Listing = BucketDryRun["listing"];

export function sayPhotos({ matched, first }: Listing): void {
  for (const { store_id, visit_time, name, image_url } of first) {
    say(`${store_id}  ${visit_time}  ${name ?? "-"}  ${image_url}`);
  }
  if (matched > first.length) say(`and ${matched - first.length} more`);
}

export function sayOthers({ keys, matched, first_others: others }: Listing): void {
  const left = keys - matched;
  if (left === 0) return;
  say(`${left} of ${keys} keys are left out:`);
  for (const { key, why } of others) say(`  ${key}: ${why}`);
  if (left > others.length) say(`  and ${left - others.length} more`);
}
