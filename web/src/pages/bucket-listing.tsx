/** What was found in a bucket: the first photos that a pattern names, and what it leaves out. */
import type { ListedKeys } from "../../../sdk/src/api-types.ts";
import { count, counted } from "../parts/format.ts";
import { VisitTime } from "../parts/instant.tsx";
import { Table } from "../parts/table.tsx";

export function BucketListing({
  listing: { keys, matched, first, first_others: others },
}: {
  readonly listing: ListedKeys;
}) {
  const left = keys - matched;
  return (
    <>
      {first.length === 0 ? null : (
        <Table
          rows={first}
          keyOf={({ image_url }) => image_url}
          columns={[
            { name: "Store", cell: ({ store_id }) => store_id },
            { name: "Time", cell: ({ visit_time }) => <VisitTime time={visit_time} /> },
            { name: "Photo", cell: ({ name, image_url }) => <span title={image_url}>{name ?? image_url}</span> },
          ]}
        />
      )}
      {matched > first.length ? <p class="quiet">and {count(matched - first.length)} more</p> : null}
      {left === 0 ? null : (
        <div class="note warning">
          {counted(left, "key")} of {count(keys)} {left === 1 ? "is" : "are"} left out:
          <ul>
            {others.map(({ key, why }) => (
              <li key={key}>
                <code>{key}</code> {why}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
