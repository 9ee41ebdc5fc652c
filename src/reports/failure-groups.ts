/**
 * Gathers a job's failed images by code, then host, then store, the biggest first. Takes rows in any order and pages of any size;
 * what it shows is bounded, and says how much it leaves out. Its memory grows with the groups, never with the images.
 */
import type { ErrorCode } from "../domain/error-codes.ts";

export type FailureRow = {
  readonly code: ErrorCode;
  /** Lower-case `host[:port]`, empty when the URL has none. */
  readonly host: string;
  readonly storeId: string;
  readonly images: number;
  /** The first of them. */
  readonly image: number;
};

export type StoreGroup = { readonly storeId: string; readonly images: number; readonly firstImage: number };
export type HostGroup = {
  readonly host: string;
  readonly images: number;
  readonly stores: readonly StoreGroup[];
  /** Stores that are not listed. */
  readonly moreStores: number;
};
export type CodeGroup = {
  readonly code: ErrorCode;
  readonly images: number;
  readonly hosts: readonly HostGroup[];
  /** Hosts that are not listed. */
  readonly moreHosts: number;
};

export type FailureGroups = {
  add(row: FailureRow): void;
  readonly total: number;
  list(most: { readonly hosts: number; readonly stores: number }): readonly CodeGroup[];
};

type Store = { images: number; firstImage: number };
type Host = { images: number; readonly stores: Map<string, Store> };
type Code = { images: number; readonly hosts: Map<string, Host> };

export function createFailureGroups(): FailureGroups {
  const codes = new Map<ErrorCode, Code>();
  let total = 0;

  return {
    add({ code, host, storeId, images, image }) {
      total += images;
      const ofCode = entry(codes, code, () => ({ images: 0, hosts: new Map<string, Host>() }));
      ofCode.images += images;
      const ofHost = entry(ofCode.hosts, host, () => ({ images: 0, stores: new Map<string, Store>() }));
      ofHost.images += images;
      const ofStore = entry(ofHost.stores, storeId, () => ({ images: 0, firstImage: image }));
      ofStore.images += images;
      ofStore.firstImage = Math.min(ofStore.firstImage, image);
    },
    get total() {
      return total;
    },
    list(most) {
      return biggest([...codes].map(([code, group]) => ({ code, group, images: group.images }))).map(
        ({ code, group, images }) => ({
          code,
          images,
          hosts: hostGroups(group.hosts, most),
          moreHosts: Math.max(0, group.hosts.size - most.hosts),
        }),
      );
    },
  };
}

function hostGroups(
  hosts: ReadonlyMap<string, Host>,
  most: { readonly hosts: number; readonly stores: number },
): readonly HostGroup[] {
  return biggest([...hosts].map(([host, { images, stores }]) => ({ host, images, stores })))
    .slice(0, most.hosts)
    .map(({ host, images, stores }) => ({
      host,
      images,
      stores: biggest([...stores].map(([storeId, group]) => ({ storeId, ...group }))).slice(0, most.stores),
      moreStores: Math.max(0, stores.size - most.stores),
    }));
}

/** Equal ones stay in the order in which they came. */
function biggest<T extends { readonly images: number }>(groups: readonly T[]): readonly T[] {
  return groups.toSorted((a, b) => b.images - a.images);
}

function entry<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const created = create();
  map.set(key, created);
  return created;
}
