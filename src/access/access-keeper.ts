/**
 * Keeps tenants' credentials for hosts: takes them in, changes, lists and removes them. What is secret leaves here sealed, towards the ledger, and in no
 * other way: nobody is shown it again.
 */
import { randomBytes } from "node:crypto";
import type { AccessKind, AccessSecret, AccessSettings, HostAccess, NamedValue } from "../domain/host-access.ts";
import type { AccessLedger, SealedAccess, StoredAccess } from "../ledger/port/access-ledger.ts";
import type { AccessSeal } from "./seal.ts";

/** What somebody gave for one row. Of a host, what is left out stays as it is; of a bucket everything is given. */
export type AccessWish =
  | {
      readonly kind: "web";
      readonly headers?: readonly NamedValue[];
      readonly query?: readonly NamedValue[];
      readonly userAgent?: string | null;
      readonly overHttp?: boolean;
    }
  | { readonly kind: Exclude<AccessKind, "web">; readonly settings: AccessSettings; readonly secret: AccessSecret };

export type KeptAccess = StoredAccess & {
  /** Why it cannot be used here; null when it can. */
  readonly problem: string | null;
};

export type KeepAnswer =
  | { readonly kind: "kept"; readonly access: KeptAccess }
  | { readonly kind: "exists" }
  | { readonly kind: "full"; readonly most: number }
  | { readonly kind: "missing" }
  /** A fleet without a secret of its own. */
  | { readonly kind: "no-secret" }
  /** What is to stay cannot be read; `why` says the reason. */
  | { readonly kind: "unusable"; readonly why: string };

export type AccessKeeper = {
  /** `pattern` is as `readPattern` keeps it. */
  add(tenant: string, pattern: string, wish: AccessWish): Promise<KeepAnswer>;
  /** Of any tenant for null. */
  change(id: string, tenant: string | null, wish: AccessWish): Promise<KeepAnswer>;
  list(tenant: string | null): Promise<readonly KeptAccess[]>;
  remove(id: string, tenant: string | null): Promise<boolean>;
};

/** Each request of a tenant's images looks through them. */
const MOST_ROWS = 100;
/** Of one change, where people change the same row at the same time. */
const MOST_TRIES = 20;

export function createAccessKeeper(deps: {
  readonly ledger: AccessLedger;
  readonly seal: AccessSeal;
  /** Whether anything can be sealed. */
  readonly hasSecret: boolean;
}): AccessKeeper {
  const { ledger, seal } = deps;

  function kept(access: StoredAccess): KeptAccess {
    const opened = seal.open(access);
    return { ...access, problem: opened.kind === "unusable" ? opened.why : null };
  }

  /** Made of the row as it is read; "overtaken" where somebody else's change was kept since. */
  async function changeOnce(id: string, tenant: string | null, wish: AccessWish): Promise<KeepAnswer | "overtaken"> {
    const row = (await ledger.listAccess(tenant)).find((one) => one.id === id);
    if (row === undefined) return { kind: "missing" };
    const changed = wish.kind === "web" ? webChange(row, wish, seal) : partsOf(wish);
    if ("why" in changed) return { kind: "unusable", why: changed.why };
    const { settings, secret } = changed;
    if (secret !== null && secret !== "as-it-is" && !deps.hasSecret) return { kind: "no-secret" };
    const sealed = secret === "as-it-is" ? row.sealed : secret === null ? null : seal.seal(row, secret);
    const stored = await ledger.changeAccess(id, tenant, row, { settings, sealed });
    return stored === null ? "overtaken" : { kind: "kept", access: kept(stored) };
  }

  return {
    async add(tenant, pattern, wish) {
      if ((await ledger.listAccess(tenant)).length >= MOST_ROWS) return { kind: "full", most: MOST_ROWS };
      const { settings, secret } = partsOf(wish);
      if (secret !== null && !deps.hasSecret) return { kind: "no-secret" };
      const place = { id: randomBytes(6).toString("hex"), tenant, pattern };
      const sealed = secret === null ? null : seal.seal(place, secret);
      const stored = await ledger.addAccess({ ...place, settings, sealed });
      return stored === null ? { kind: "exists" } : { kind: "kept", access: kept(stored) };
    },
    async change(id, tenant, wish) {
      for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
        const answered = await changeOnce(id, tenant, wish);
        if (answered !== "overtaken") return answered;
      }
      throw new Error(`the access ${id} was changed by others ${MOST_TRIES} times while it was to be changed`);
    },
    list: async (tenant) => (await ledger.listAccess(tenant)).map(kept),
    remove: (id, tenant) => ledger.removeAccess(id, tenant),
  };
}

type Parts = { readonly settings: AccessSettings; readonly secret: AccessSecret | null };

function partsOf(wish: AccessWish): Parts {
  if (wish.kind !== "web") return wish;
  const { headers = [], query = [], userAgent = null, overHttp = false } = wish;
  return {
    settings: { kind: "web", headerNames: namesOf(headers), queryNames: namesOf(query), userAgent, overHttp },
    secret: headers.length + query.length === 0 ? null : { kind: "web", headers, query },
  };
}

/** What is left out stays; the secret is opened only where a part of it does. */
function webChange(
  row: SealedAccess,
  wish: Extract<AccessWish, { readonly kind: "web" }>,
  seal: Pick<AccessSeal, "open">,
): Parts | { readonly settings: AccessSettings; readonly secret: "as-it-is" } | { readonly why: string } {
  const { headers, query, ...rest } = wish;
  if (row.settings.kind !== "web") throw new Error("a row changes within its kind");
  const { userAgent = row.settings.userAgent, overHttp = row.settings.overHttp } = rest;
  if (headers === undefined && query === undefined) {
    return { settings: { ...row.settings, userAgent, overHttp }, secret: "as-it-is" };
  }
  const before = headers && query ? null : seal.open(row);
  if (before?.kind === "unusable") return { why: before.why };
  return partsOf({
    kind: "web",
    headers: headers ?? headersOf(before),
    query: query ?? queryOf(before),
    userAgent,
    overHttp,
  });
}

const headersOf = (access: HostAccess | null) => (access?.kind === "web" ? access.headers : []);
const queryOf = (access: HostAccess | null) => (access?.kind === "web" ? access.query : []);

function namesOf(values: readonly NamedValue[]): readonly string[] {
  return values.map(([name]) => name);
}
