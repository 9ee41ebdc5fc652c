/** The form for a new key: a role for the usual cases, or scope by scope. */
import { useState } from "preact/hooks";
import type { Scope } from "../../../sdk/src/api-types.ts";
import { ErrorNote } from "../parts/notes.tsx";
import { useAction } from "../parts/use-action.ts";
import { post } from "../service/call.ts";
import { may, session, signIn } from "../service/session.ts";

type Role = readonly [name: string, scopes: readonly Scope[]];

const OF_A_TENANT: readonly Scope[] = [
  "jobs:read",
  "jobs:write",
  "stores:read",
  "stores:write",
  "webhooks:manage",
  "reviews:decide",
  "truth:manage",
  "hosts:manage",
  "keys:manage",
];
const ALL: readonly Scope[] = [...OF_A_TENANT, "admin"];

const ADMIN: Role = ["Runs the service, all tenants", ["admin"]];
const ROLES: readonly Role[] = [
  ["Sends jobs and reads results", ["jobs:read", "jobs:write", "stores:read"]],
  ["Reviews flagged photos", ["jobs:read", "stores:read", "reviews:decide"]],
  ["Read only", ["jobs:read", "stores:read"]],
  ["Everything of the tenant", OF_A_TENANT],
  ADMIN,
];

export function NewKey({ onMade }: { readonly onMade: (key: string) => void }) {
  const [name, setName] = useState("");
  const [tenant, setTenant] = useState("");
  const [days, setDays] = useState("");
  // Without one that may make others nobody could go on here.
  const isFirst = session.value?.keys_needed === false;
  const roles = isFirst ? [ADMIN] : ROLES.filter(([, wanted]) => wanted.every(may));
  const [chosen, setScopes] = useState<readonly Scope[]>(ROLES[0]?.[1] ?? []);
  const scopes = isFirst ? ADMIN[1] : chosen.filter(may);
  const action = useAction(() => setName(""));
  const toggle = (scope: Scope) =>
    setScopes(scopes.includes(scope) ? scopes.filter((one) => one !== scope) : [...scopes, scope]);
  const make = async () => {
    const wish = { name, scopes, ...(tenant && { tenant }), ...(days && { expires_in_days: Number(days) }) };
    const { key } = await post<{ readonly key: string }>("/api/v1/keys", wish);
    try {
      if (isFirst) await signIn(key);
    } finally {
      // Whatever becomes of signing in: the key is shown this once.
      onMade(key);
    }
  };
  return (
    <section class="card">
      <h2>A new key</h2>
      <ErrorNote error={action.error} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          action.run(make);
        }}
      >
        <div class="filters credentials">
          <label>
            Name
            <input
              required
              maxLength={100}
              placeholder="till 7"
              value={name}
              onInput={(e) => setName(e.currentTarget.value)}
            />
          </label>
          <label>
            Role
            <select onChange={(event) => setScopes(roles[event.currentTarget.selectedIndex]?.[1] ?? [])}>
              {roles.map(([role]) => (
                <option key={role}>{role}</option>
              ))}
            </select>
          </label>
          {may("admin") ? (
            <label>
              Tenant
              <input
                placeholder="yours"
                pattern="[a-z0-9][a-z0-9_\-]*"
                maxLength={63}
                value={tenant}
                onInput={(e) => setTenant(e.currentTarget.value)}
              />
            </label>
          ) : null}
          <label>
            Expires after days
            <input
              type="number"
              min="1"
              max="3650"
              placeholder="never"
              value={days}
              onInput={(e) => setDays(e.currentTarget.value)}
            />
          </label>
        </div>
        <fieldset class="scopes" hidden={isFirst}>
          <legend>Permissions</legend>
          {ALL.filter(may).map((scope) => (
            <label key={scope}>
              <input type="checkbox" checked={scopes.includes(scope)} onChange={() => toggle(scope)} /> {scope}
            </label>
          ))}
        </fieldset>
        <p class="buttons">
          <button type="submit" class="primary" disabled={scopes.length === 0}>
            Create key
          </button>
        </p>
      </form>
    </section>
  );
}
