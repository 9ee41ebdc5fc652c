/** The fields that tell a client its quotas: `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers, as structured fields (RFC 9651). */
import type { Allowance } from "./allowance.ts";

export type NamedAllowance = {
  readonly name: string;
  /** What is counted; requests if not said. */
  readonly unit?: string;
  readonly allowance: Allowance;
};

/** Empty where there is no quota. `t` is the time until the whole quota is there again: it comes back evenly, not at once. */
export function rateLimitFields(allowances: readonly NamedAllowance[], caller: string): Record<string, string> {
  if (allowances.length === 0) return {};
  const policies = allowances.map(({ name, unit, allowance: { policy } }) => {
    const quotaUnit = unit === undefined ? "" : `;qu="${unit}"`;
    return `"${name}";q=${policy.quota};w=${Math.ceil(policy.windowMs / 1_000)}${quotaUnit}`;
  });
  const standings = allowances.map(({ name, allowance }) => {
    const { remaining, wholeInMs } = allowance.standing(caller);
    return `"${name}";r=${remaining};t=${Math.ceil(wholeInMs / 1_000)}`;
  });
  return { "ratelimit-policy": policies.join(", "), ratelimit: standings.join(", ") };
}

/** `Retry-After` in whole seconds: never 0, which would be an invitation to a tight loop. */
export function retryAfter(waitMs: number): { readonly "retry-after": string } {
  return { "retry-after": String(Math.max(1, Math.ceil(waitMs / 1_000))) };
}
