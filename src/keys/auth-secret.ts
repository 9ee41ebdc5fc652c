/**
 * The service's own secret behind the digests of keys: from the settings, else from a file in the data folder that only its owner reads.
 * Keys are worth nothing without the secret that they were made with, so it is on disk before it is used.
 */
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";

const FILE = "auth-secret";

type Place = { readonly authSecret: string | null; readonly databaseUrl: string | null; readonly dataDir: string };

/** The data folder must be there. Null for a fleet without a setting: its processes share no folder, each would have another secret. */
export function readAuthSecret(config: Place): string | null {
  const found = findAuthSecret(config);
  if (found !== null || config.databaseUrl !== null) return found;
  return createOnce(config.dataDir, join(config.dataDir, FILE));
}

/** The same, and makes none. */
export function findAuthSecret({ authSecret, databaseUrl, dataDir }: Place): string | null {
  if (authSecret !== null) return authSecret;
  return databaseUrl === null ? read(join(dataDir, FILE)) : null;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
}

/** Whole or not at all, and the first one wins: a service and a command may come here at the same time. */
function createOnce(folder: string, path: string): string {
  const secret = randomBytes(32).toString("base64url");
  const unfinished = `${path}.${process.pid}.part`;
  const file = openSync(unfinished, "w", 0o600);
  writeSync(file, `${secret}\n`);
  fsyncSync(file);
  closeSync(file);
  try {
    linkSync(unfinished, path);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    unlinkSync(unfinished);
  }
  const entries = openSync(folder, "r");
  fsyncSync(entries);
  closeSync(entries);
  return read(path) ?? secret;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
