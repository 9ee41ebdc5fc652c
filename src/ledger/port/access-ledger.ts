/**
 * The ledger's port for credentials of hosts: one row for a pattern of a tenant. Secrets come here sealed and are never read here. Every method may be
 * repeated.
 */
import type { AccessSettings } from "../../domain/host-access.ts";

export type NewAccess = {
  /** Chosen by the caller, so that a repeated call adds nothing. */
  readonly id: string;
  readonly tenant: string;
  /** As `readPattern` keeps it. */
  readonly pattern: string;
  readonly settings: AccessSettings;
  /** What `src/access/seal.ts` made; null where nothing is secret. */
  readonly sealed: string | null;
};

/** What changes of a row. */
export type AccessContent = Pick<NewAccess, "settings" | "sealed">;

/** What jobs need of a row. */
export type SealedAccess = Pick<NewAccess, "id" | "tenant" | "pattern" | "settings" | "sealed">;

export type StoredAccess = SealedAccess & {
  readonly createdAt: number;
  /** When its secret was set last. */
  readonly rotatedAt: number;
};

export type AccessLedger = {
  /** Null when the tenant has another row of that pattern. */
  addAccess(access: NewAccess): Promise<StoredAccess | null>;
  /** In the order of their patterns; of all tenants for null. */
  listAccess(tenant: string | null): Promise<readonly StoredAccess[]>;
  /**
   * Null when there is no such row of the tenant's, null for any, and when it is no longer as it was `before`: a change made from what somebody read
   * never brings back what was changed meanwhile.
   */
  changeAccess(
    id: string,
    tenant: string | null,
    before: AccessContent,
    change: AccessContent,
  ): Promise<StoredAccess | null>;
  /** False when there is none. */
  removeAccess(id: string, tenant: string | null): Promise<boolean>;
  /** The rows of these tenants, for jobs that run. */
  readAccess(tenants: readonly string[]): Promise<readonly SealedAccess[]>;
};
