/** Where photos are in a bucket and which parts of their keys are what, as it is asked for: the same for a job and for a schedule. */
import { type Static, Type } from "typebox";
import { type BucketAddress, bucketAddressOf } from "../../domain/bucket-address.ts";
import { type KeyPattern, readKeyPattern } from "../../intake/key-pattern.ts";
import { ApiError, type ApiProblem } from "../problems/api-error.ts";

const fields = {
  from: Type.String({
    minLength: 1,
    maxLength: 2_048,
    description: "s3://bucket/prefix, gs://bucket/prefix or az://container/prefix",
  }),
  visits: Type.String({
    minLength: 1,
    maxLength: 512,
    description:
      "Which parts of a key, behind the prefix's last folder, are what: {store}/{date}/{name}.jpg. Parts: {store}, {date} or {year}, {month}, {day} " +
      "with {hour}, {minute}, {second}, or {time}; {name}; {any}, and {path} over slashes",
  }),
};

export const BucketSource = Type.Object(fields, { title: "BucketSource", additionalProperties: false });

/** All that is wrong with it at once, at places below `at`. */
export function readBucketSource(
  source: Static<typeof BucketSource>,
  at = "",
): { readonly from: BucketAddress; readonly pattern: KeyPattern } {
  const from = bucketAddressOf(source.from);
  const pattern = readKeyPattern(source.visits);
  if (from !== null && !("fault" in from) && typeof pattern === "function") return { from, pattern };
  const problems: ApiProblem[] = [];
  const add = (name: string, detail: string) =>
    void problems.push({ pointer: `${at}/${name}`, code: "malformed", detail });
  if (from === null) add("from", "must be s3://bucket/prefix, gs://bucket/prefix or az://container/prefix");
  else if ("fault" in from) add("from", from.fault);
  if (typeof pattern !== "function") for (const fault of pattern.faults) add("visits", fault);
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  throw new ApiError("invalid_body", `${first?.pointer}: ${first?.detail}${more}`, { problems });
}
