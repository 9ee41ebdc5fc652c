/**
 * What one tenant sends to one URL: the lookup that pipeline threads ask before each request. The most exact pattern holds alone; rows are never mixed.
 * Asked for each request of each image: it allocates nothing.
 */
import type { HostAccess } from "./host-access.ts";
import { type HostPattern, holdsFor, moreExactFirst, readPattern } from "./host-pattern.ts";

/** Null where the tenant has nothing to send. */
export type AccessTo = (url: URL) => HostAccess | null;

export const NO_ACCESS: AccessTo = () => null;

/** `rows` are all rows of one tenant and of nobody else. */
export function createAccessTable(rows: readonly HostAccess[]): AccessTo {
  if (rows.length === 0) return NO_ACCESS;
  const table = rows.flatMap((access): { readonly pattern: HostPattern; readonly access: HostAccess }[] => {
    const read = readPattern(access.pattern);
    return read.kind === "pattern" ? [{ pattern: read.pattern, access }] : [];
  });
  table.sort((a, b) => moreExactFirst(a.pattern, b.pattern));
  return (url) => {
    for (const { pattern, access } of table) if (holdsFor(pattern, url)) return access;
    return null;
  };
}
