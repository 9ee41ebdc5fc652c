/** Who looks at the page, and what they may do. The service decides; the page only leaves out what would be refused. */
import { signal } from "@preact/signals";
import type { Scope, Session } from "../../../sdk/src/api-types.ts";
import { call, onNotSignedIn, post } from "./call.ts";
import { startLive, stopLive, whenRefused } from "./live.ts";

/** Null until the service said so. */
export const session = signal<Session | null>(null);

onNotSignedIn(() => {
  if (isSignedIn()) void readSession();
});

whenRefused(readSession);

/** How often somebody signed in or out here: what was asked before the last time is no news. */
let turns = 0;

export async function readSession(): Promise<void> {
  const begun = turns;
  const read = await call<Session>("/api/v1/session");
  if (begun === turns) take(read);
}

export async function signIn(key: string): Promise<void> {
  const signedIn = await post<Session>("/api/v1/session", { key });
  turns += 1;
  take(signedIn);
}

export async function signOut(): Promise<void> {
  await call("/api/v1/session", { method: "DELETE" });
  turns += 1;
  await readSession();
}

export function may(scope: Scope): boolean {
  const scopes = session.value?.scopes ?? [];
  return scopes.includes(scope) || scopes.includes("admin");
}

export function isSignedIn(): boolean {
  return session.value !== null && (!session.value.keys_needed || session.value.key_id !== null);
}

function take(next: Session): void {
  session.value = next;
  if (isSignedIn() && may("jobs:read")) startLive();
  else stopLive();
}
