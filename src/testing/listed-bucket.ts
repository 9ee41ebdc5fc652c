/** Lists that a service of S3 answers of given keys (ListObjectsV2), a page of so many at a time. Tests and benchmarks only. */
import type { BucketAnswer, BucketRequest } from "./bucket-host.ts";

/** `keyOf` makes each key when it is asked for, in their order. */
export function listAnswer(
  { target }: BucketRequest,
  {
    keys,
    keyOf,
    pageKeys = 1_000,
  }: { readonly keys: number; readonly keyOf: (no: number) => string; readonly pageKeys?: number },
): BucketAnswer {
  const { searchParams } = new URL(target, "http://any");
  const first = Number(searchParams.get("continuation-token") ?? 0);
  const end = Math.min(keys, first + pageKeys);
  let contents = "";
  for (let no = first; no < end; no += 1) {
    contents += `<Contents><Key>${encodeURIComponent(keyOf(no))}</Key><Size>1</Size></Contents>`;
  }
  const next = end < keys ? `<NextContinuationToken>${end}</NextContinuationToken>` : "";
  const body = `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${end < keys}</IsTruncated>${contents}${next}</ListBucketResult>`;
  return { status: 200, headers: { "content-type": "application/xml" }, body };
}
