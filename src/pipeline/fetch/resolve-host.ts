/**
 * Names to addresses. Names of the public internet go through c-ares with its own time-outs: `dns.lookup` shares four threads
 * with the whole process, and two hung names stall them all. Must never decide whether an address may be used.
 */
import type { LookupAddress } from "node:dns";
import { lookup, Resolver } from "node:dns/promises";
import { ImageFault } from "../../domain/error-codes.ts";

/** The two questions put to DNS; node's own Resolver answers them, tests hand in another. */
export type AddressRecords = {
  resolve4(name: string): Promise<string[]>;
  resolve6(name: string): Promise<string[]>;
};

export type HostResolver = {
  /** Every address of a public name, at least one. Throws ImageFault `dns_failed`. */
  fromDns(name: string): Promise<readonly LookupAddress[]>;
  /** Every address by the system's own way (hosts file, search domains), for names of the operator's allow-list only. */
  fromSystem(name: string): Promise<readonly LookupAddress[]>;
};

const DNS_TRY_MS = 1_500;
const DNS_TRIES = 2;
/** Long enough to spare a busy host's look-ups, short enough to follow a move; each answer is checked, cached or not. */
const CACHE_MS = 10_000;
const CACHED_NAMES = 1_000;

type CachedAnswer = { readonly until: number; readonly answer: Promise<readonly LookupAddress[]> };

export function createHostResolver(
  deps: { readonly records?: AddressRecords | undefined; readonly now?: () => number } = {},
): HostResolver {
  const records = deps.records ?? new Resolver({ timeout: DNS_TRY_MS, tries: DNS_TRIES });
  const now = deps.now ?? Date.now;
  const cached = new Map<string, CachedAnswer>();

  async function ask(name: string): Promise<readonly LookupAddress[]> {
    const [v4, v6] = await Promise.allSettled([records.resolve4(name), records.resolve6(name)]);
    const addresses = [...listOf(v4, 4), ...listOf(v6, 6)];
    if (addresses.length > 0) return addresses;
    const cause = v4.status === "rejected" ? v4.reason : undefined;
    throw new ImageFault("dns_failed", `the name ${name} could not be resolved (${codeOf(cause)})`, { cause });
  }

  function fromDns(name: string): Promise<readonly LookupAddress[]> {
    const known = cached.get(name);
    if (known && known.until > now()) return known.answer;
    const answer = ask(name);
    cached.delete(name);
    const [oldest] = cached.size >= CACHED_NAMES ? cached.keys() : [];
    if (oldest !== undefined) cached.delete(oldest);
    cached.set(name, { until: now() + CACHE_MS, answer });
    // A failure is shared by those who wait for it now, but never kept.
    answer.catch(() => {
      if (cached.get(name)?.answer === answer) cached.delete(name);
    });
    return answer;
  }

  return { fromDns, fromSystem };
}

async function fromSystem(name: string): Promise<readonly LookupAddress[]> {
  try {
    return await lookup(name, { all: true, order: "verbatim" });
  } catch (cause) {
    throw new ImageFault("dns_failed", `the name ${name} could not be resolved (${codeOf(cause)})`, { cause });
  }
}

function listOf(settled: PromiseSettledResult<string[]>, family: 4 | 6): LookupAddress[] {
  return settled.status === "fulfilled" ? settled.value.map((address) => ({ address, family })) : [];
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "no address";
}
