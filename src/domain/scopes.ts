/** What a key may be allowed to do. `admin` is for those who run the service: everything, in every tenant. */

export const SCOPES = [
  "jobs:read",
  "jobs:write",
  "stores:read",
  "stores:write",
  "webhooks:manage",
  "reviews:decide",
  "truth:manage",
  "hosts:manage",
  "keys:manage",
  "admin",
] as const;
export type Scope = (typeof SCOPES)[number];

/** The read-only role: sees everything of its tenant, changes nothing. */
export const READ_ONLY: readonly Scope[] = ["jobs:read", "stores:read"];

export function allows(scopes: readonly Scope[], wanted: Scope): boolean {
  return scopes.includes(wanted) || scopes.includes("admin");
}

/** Where jobs belong that nobody's key made. */
export const DEFAULT_TENANT = "default";

/** A tenant's name, which stands in lists and in front of keys of requests. */
export const TENANT_NAME = "^[a-z0-9][a-z0-9_-]{0,62}$";
