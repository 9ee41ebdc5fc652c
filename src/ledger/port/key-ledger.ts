/**
 * The ledger's port for who may do what: keys of clients, sessions of people in browsers, and the log of changes. Secrets never come here, only
 * their digests. Every method may be repeated.
 */
import type { Scope } from "../../domain/scopes.ts";

export type NewKey = {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly digest: string;
  /** From now; null for a key without an end. */
  readonly expiresInMs: number | null;
};

export const KEY_STATES = ["active", "expired", "revoked"] as const;

export type ApiKey = Pick<NewKey, "id" | "tenant" | "name" | "scopes" | "digest"> & {
  readonly state: (typeof KEY_STATES)[number];
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  readonly lastUsedAt: number | null;
};

export type NewAuditEntry = {
  readonly tenant: string;
  /** A key's id; null where no keys are asked for. */
  readonly actor: string | null;
  readonly action: string;
  readonly target: string;
  /** From where it came. */
  readonly address: string;
  readonly requestId: string;
};

export type AuditEntry = NewAuditEntry & { readonly no: number; readonly at: number };

export type KeyLedger = {
  /** Whether a key was ever made; one that was revoked counts, so that a service does not open by itself. */
  hasKeys(): Promise<boolean>;
  addKey(key: NewKey): Promise<void>;
  readKey(id: string): Promise<ApiKey | null>;
  /** Oldest first; of all tenants for null. */
  listKeys(tenant: string | null): Promise<readonly ApiKey[]>;
  /** Ends a key and its sessions now. */
  revokeKey(id: string): Promise<void>;
  /** Lets a key end in `ms`, unless it ends before. */
  expireKey(id: string, ms: number): Promise<void>;
  /** Notes that a key was used. */
  touchKey(id: string): Promise<void>;
  addSession(session: { readonly digest: string; readonly keyId: string; readonly lastsMs: number }): Promise<void>;
  /** The key of a session that has not ended. */
  readSession(digest: string): Promise<ApiKey | null>;
  removeSession(digest: string): Promise<void>;
  addAuditEntry(entry: NewAuditEntry): Promise<void>;
  /** Newest first; of all tenants for null. */
  listAuditEntries(
    tenant: string | null,
    page: { readonly before: number | null; readonly limit: number },
  ): Promise<readonly AuditEntry[]>;
};
