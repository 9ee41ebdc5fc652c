/** Makes, lists, ends and replaces API keys. The text of a key leaves here once, when it is made; the ledger has its digest only. */
import type { Scope } from "../domain/scopes.ts";
import type { ApiKey, KeyLedger } from "../ledger/port/key-ledger.ts";
import { digestOf, newApiKey } from "./api-key.ts";

export type KeyWish = {
  readonly tenant: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** From now; null for a key without an end. */
  readonly expiresInMs: number | null;
};

/** `text` is shown this once. */
export type MadeKey = { readonly key: ApiKey; readonly text: string };

export type KeyRing = {
  make(wish: KeyWish): Promise<MadeKey>;
  /** Ends it now, and whoever signed in with it. Null when there is none. */
  revoke(id: string): Promise<ApiKey | null>;
  /** A new key in its place; the one before ends after `overlapMs`, or when it would have ended. Null when there is none, or it is over. */
  rotate(id: string, overlapMs: number): Promise<MadeKey | null>;
};

export function createKeyRing(deps: {
  readonly ledger: Pick<KeyLedger, "addKey" | "readKey" | "revokeKey" | "expireKey">;
  readonly authSecret: string;
  readonly now: () => number;
}): KeyRing {
  const { ledger, authSecret } = deps;

  async function make(wish: KeyWish): Promise<MadeKey> {
    const { id, text } = newApiKey();
    await ledger.addKey({ ...wish, id, digest: digestOf(text, authSecret) });
    const key = await ledger.readKey(id);
    if (!key) throw new Error("a key that was added must be there");
    return { key, text };
  }

  return {
    make,
    async revoke(id) {
      if (!(await ledger.readKey(id))) return null;
      await ledger.revokeKey(id);
      return await ledger.readKey(id);
    },
    async rotate(id, overlapMs) {
      const before = await ledger.readKey(id);
      if (before?.state !== "active") return null;
      const { tenant, name, scopes, expiresAt } = before;
      const expiresInMs = expiresAt === null ? null : Math.max(1, expiresAt - deps.now());
      const made = await make({ tenant, name, scopes, expiresInMs });
      await ledger.expireKey(id, overlapMs);
      return made;
    },
  };
}
