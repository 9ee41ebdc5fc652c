/** Who looks at the page, and what they may do. The service decides; the page only leaves out what would be refused. */
import { signal } from "@preact/signals";
import { call, onNotSignedIn, post } from "./call.ts";
import { startLive, stopLive, whenRefused } from "./live.ts";
import type { Scope, Session } from "./types.ts";

/** Null until the service said so. */
export const session = signal<Session | null>(null);

onNotSignedIn(() => {
  if (isSignedIn()) void readSession();
});

whenRefused(readSession);

export async function readSession(): Promise<void> {
  take(await call<Session>("/api/v1/session"));
}

export async function signIn(key: string): Promise<void> {
  take(await post<Session>("/api/v1/session", { key }));
}

export async function signOut(): Promise<void> {
  await call("/api/v1/session", { method: "DELETE" });
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
