/**
 * Seals the secret part of a host's credentials for the ledger: AES-256-GCM under a key of the tenant's own, derived (HKDF-SHA-256, RFC 5869) from the
 * service's secret. The text is bound to its row: moved to another tenant, id or pattern it does not open. Must never put a secret in an error.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { AccessSecret, AccessSettings, HostAccess } from "../domain/host-access.ts";
import type { SealedAccess } from "../ledger/port/access-ledger.ts";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
/** NIST SP 800-38D §8.2.2: random, so that no two processes need to agree on a counter. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = "1.";

/** Which row a sealed text belongs to. */
type Place = Pick<SealedAccess, "id" | "tenant" | "pattern">;

export type AccessSeal = {
  seal(place: Place, secret: AccessSecret): string;
  /** Never throws: a row that cannot be opened says why. */
  open(row: SealedAccess): HostAccess;
};

export const NO_SECRET = "STOREWALK_AUTH_SECRET is not set in the process that fetches";
const OTHER_SECRET = "it was kept under another STOREWALK_AUTH_SECRET; set it anew";

/** `authSecret` is null in a fleet without one: nothing can be sealed or opened there. */
export function createAccessSeal(authSecret: string | null): AccessSeal {
  const keys = new Map<string, Buffer>();

  function keyOf(tenant: string): Buffer {
    const known = keys.get(tenant);
    if (known) return known;
    if (authSecret === null) throw new Error(NO_SECRET);
    const key = Buffer.from(hkdfSync("sha256", authSecret, "", `storewalk host access 1 ${tenant}`, KEY_BYTES));
    keys.set(tenant, key);
    return key;
  }

  function secretOf(row: SealedAccess, sealed: string): AccessSecret {
    if (!sealed.startsWith(VERSION)) throw new Error("sealed by a later version");
    const bytes = Buffer.from(sealed.slice(VERSION.length), "base64url");
    const decipher = createDecipheriv(CIPHER, keyOf(row.tenant), bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(boundTo(row));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
    return JSON.parse(text.toString());
  }

  return {
    seal(place, secret) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, keyOf(place.tenant), nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(boundTo(place));
      const sealed = Buffer.concat([cipher.update(JSON.stringify(secret)), cipher.final()]);
      return VERSION + Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64url");
    },
    open(row) {
      const { pattern, settings, sealed } = row;
      const unusable = (why: string): HostAccess => ({ kind: "unusable", pattern, why });
      if (sealed === null) return opened(pattern, settings, nothingSecret(settings)) ?? unusable(OTHER_SECRET);
      if (authSecret === null) return unusable(NO_SECRET);
      try {
        return opened(pattern, settings, secretOf(row, sealed)) ?? unusable(OTHER_SECRET);
      } catch {
        // Whatever it says might quote the text: a wrong key and a changed row look the same, as they must.
        return unusable(OTHER_SECRET);
      }
    },
  };
}

function boundTo({ id, tenant, pattern }: Place): Buffer {
  return Buffer.from(JSON.stringify([id, tenant, pattern]));
}

function nothingSecret({ kind }: AccessSettings): AccessSecret | null {
  return kind === "web" ? { kind, headers: [], query: [] } : null;
}

/** Null where the two parts are not of one kind. */
function opened(pattern: string, settings: AccessSettings, secret: AccessSecret | null): HostAccess | null {
  if (secret?.kind === "web" && settings.kind === "web") return { pattern, ...settings, ...secret };
  if (secret?.kind === "s3" && settings.kind === "s3") return { pattern, ...settings, ...secret };
  if (secret?.kind === "azure" && settings.kind === "azure") return { pattern, ...settings, ...secret };
  return null;
}
