/** For which tenant something is done: the caller's own, or for `admin` another one. */
import { Type } from "typebox";
import { TENANT_NAME } from "../../domain/scopes.ts";
import type { Caller } from "../auth/caller.ts";
import { ApiError } from "../problems/api-error.ts";

export const TenantChoice = Type.String({
  pattern: TENANT_NAME,
  description: "The caller's own if not given; another one for admin only",
  "x-wanted": "1 to 63 small letters, digits, hyphens or underscores",
});

/** Throws ApiError when it is not the caller's to choose. */
export function tenantFor({ tenant, sees }: Caller, chosen: string | undefined): string {
  if (chosen === undefined || chosen === tenant) return tenant;
  if (sees === null) return chosen;
  throw new ApiError("missing_scope", `only a key with admin may do this for another tenant than ${tenant}`);
}
