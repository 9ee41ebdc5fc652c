/**
 * Tells who sends a request: by an API key in a header, by the cookie of a session, or anybody where no keys are asked for. Must never let
 * through what it cannot check.
 */
import type { IncomingHttpHeaders } from "node:http";
import { digestOf, keyIdOf, sameDigest } from "../../keys/api-key.ts";
import type { ApiKey, KeyLedger } from "../../ledger/port/key-ledger.ts";
import { ApiError } from "../problems/api-error.ts";
import { refuseForeignName, refuseForwarded } from "./browser-rules.ts";
import { ANYBODY, type Caller, callerWith } from "./caller.ts";
import { sessionTokenOf } from "./session-cookie.ts";

/** `auto` asks for keys from the first one on that was ever made. */
export const AUTH_MODES = ["auto", "off", "required"] as const;
export type AuthMode = (typeof AUTH_MODES)[number];

/** A key that another process revoked works here for so long at most. */
const KNOWN_FOR_MS = 2_000;
const MOST_KNOWN = 1_000;
/** When a key was used last is written no more often than this. */
const NOTE_USE_MS = 60_000;

type Ledger = Pick<KeyLedger, "hasKeys" | "readKey" | "readSession" | "touchKey">;
type Headers = IncomingHttpHeaders;

export type Authenticator = {
  /** Rejects with a 401 for a key or session that is none, and with the ledger's fault. */
  identify(headers: Headers): Promise<Caller>;
  /** Whether the same headers would be let through now. Never rejects: a ledger that is away says nothing against them. */
  stillKnows(headers: Headers): Promise<boolean>;
  /** The key with this text. Rejects as `identify`. */
  keyOf(text: string): Promise<ApiKey>;
  /** Whether keys are asked for. */
  asksForKeys(): Promise<boolean>;
  /** Forgets what it knows, after a change of keys or sessions. */
  forget(): void;
};

export function createAuthenticator(deps: {
  readonly ledger: Ledger;
  readonly mode: AuthMode;
  /** Null where there is none: then no key can be checked. */
  readonly authSecret: string | null;
  readonly now: () => number;
}): Authenticator {
  const { ledger, mode, authSecret, now } = deps;
  /** By digest of what was presented. */
  const known = new Map<string, { readonly at: number; readonly key: ApiKey }>();
  const notedAt = new Map<string, number>();
  let keys: { readonly at: number; readonly exist: boolean } | null = null;

  async function asksForKeys(): Promise<boolean> {
    if (mode !== "auto") return mode === "required";
    const at = now();
    // Once there was a key, there is no way back: a service does not open by itself.
    if (!keys || (!keys.exist && at - keys.at >= KNOWN_FOR_MS)) keys = { at, exist: await ledger.hasKeys() };
    return keys.exist;
  }

  async function recall(digest: string, read: () => Promise<ApiKey | null>): Promise<ApiKey | null> {
    const at = now();
    const recalled = known.get(digest);
    if (recalled && at - recalled.at < KNOWN_FOR_MS) return recalled.key;
    known.delete(digest);
    const key = await read();
    if (!key) return null;
    known.set(digest, { at, key });
    const [oldest] = known.keys();
    if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
    return key;
  }

  function secret(): string {
    if (authSecret !== null) return authSecret;
    throw unauthenticated("no key can be checked: this process of the fleet has no STOREWALK_AUTH_SECRET");
  }

  async function keyOf(text: string): Promise<ApiKey> {
    const id = keyIdOf(text);
    if (id === null) throw unauthenticated("the API key is misspelt, or not whole");
    const digest = digestOf(text, secret());
    const key = await recall(digest, async () => {
      const stored = await ledger.readKey(id);
      return stored && sameDigest(stored.digest, digest) ? stored : null;
    });
    if (!key) throw unauthenticated("the API key is not known here");
    assertUsable(key);
    noteUse(key.id);
    return key;
  }

  async function keyOfSession(token: string): Promise<ApiKey> {
    const digest = digestOf(token, secret());
    const key = await recall(digest, () => ledger.readSession(digest));
    if (!key) throw unauthenticated("the session is over; sign in again");
    assertUsable(key);
    return key;
  }

  function assertUsable({ id, state, revokedAt, expiresAt }: ApiKey): void {
    if (revokedAt !== null) throw unauthenticated(`the API key ${id} was revoked`);
    // By this machine's clock where the ledger's was read some time ago.
    if (state === "expired" || (expiresAt !== null && expiresAt <= now()))
      throw unauthenticated(`the API key ${id} has expired`);
  }

  function noteUse(id: string): void {
    const at = now();
    if (at - (notedAt.get(id) ?? Number.NEGATIVE_INFINITY) < NOTE_USE_MS) return;
    notedAt.set(id, at);
    // A note that fails is made up for by the next one.
    void ledger.touchKey(id).catch(() => notedAt.delete(id));
  }

  async function identify(headers: Headers): Promise<Caller> {
    if (!(await asksForKeys())) {
      if (mode === "auto") {
        refuseForwarded(headers);
        refuseForeignName(headers);
      }
      return ANYBODY;
    }
    const text = keyIn(headers);
    if (text !== null) return callerWith(await keyOf(text), "key");
    const token = sessionTokenOf(headers.cookie);
    if (token !== null) return callerWith(await keyOfSession(token), "session");
    throw unauthenticated("an API key is needed: Authorization: Bearer swk_live_…; storewalk keys create makes one");
  }

  return {
    asksForKeys,
    identify,
    keyOf,
    async stillKnows(headers) {
      try {
        await identify(headers);
        return true;
      } catch (error) {
        return !(error instanceof ApiError);
      }
    },
    forget() {
      known.clear();
      keys = null;
    },
  };
}

/** Of `Authorization: Bearer` or `X-API-Key`. */
function keyIn(headers: Headers): string | null {
  const { authorization, "x-api-key": own } = headers;
  if (authorization === undefined) return typeof own === "string" ? own : null;
  const [, text] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
  if (text === undefined) throw unauthenticated("Authorization must be Bearer and an API key");
  return text;
}

function unauthenticated(detail: string): ApiError {
  return new ApiError("unauthenticated", detail, { headers: { "www-authenticate": 'Bearer realm="storewalk"' } });
}
