/** Lists tenants' buckets for the API: their endpoints go through the guard of all hosts, on connections that nobody else uses. */
import type { ReadAccessTable } from "../access/read-access-table.ts";
import { accessTo } from "../buckets/access-to.ts";
import { openBucket } from "../buckets/bucket.ts";
import { createBucketMemory } from "../buckets/bucket-memory.ts";
import type { ListBucket } from "../http/v1/bucket-jobs-route.ts";
import { createBucketRequests } from "../pipeline/fetch/bucket-requests.ts";
import { createGuard } from "../pipeline/fetch/guard.ts";
import { systemClock } from "../process/clock.ts";
import type { Config } from "../settings/config.ts";

export function openBucketLists(
  config: Pick<Config, "allowHosts" | "connectMs">,
  readAccessTable: ReadAccessTable,
): { readonly listBucket: ListBucket; close(): Promise<void> } {
  const guard = createGuard({ allowHosts: config.allowHosts, connectMs: config.connectMs });
  const { send, close } = createBucketRequests(guard, { keptConnections: false });
  const memory = createBucketMemory();

  async function* listBucket(...[tenant, from, signal]: Parameters<ListBucket>) {
    const access = accessTo(await readAccessTable(tenant), from);
    const bucket = openBucket({ access, bucket: from, memory, send, clock: systemClock, random: Math.random });
    yield* bucket.list(from.key, signal);
  }
  return { listBucket, close };
}
