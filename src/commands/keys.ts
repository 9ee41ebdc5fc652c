/**
 * `storewalk keys …`: API keys, made in the ledger itself, so that the first one needs no other. The text of a key is printed once, alone on
 * standard output.
 */
import { openLedger } from "../app/adapters.ts";
import { counted } from "../domain/counted.ts";
import { DEFAULT_TENANT, READ_ONLY, SCOPES, type Scope, TENANT_NAME } from "../domain/scopes.ts";
import { readAuthSecret } from "../keys/auth-secret.ts";
import { createKeyRing, type KeyRing, type MadeKey } from "../keys/key-ring.ts";
import type { ApiKey } from "../ledger/port/key-ledger.ts";
import type { Ledger } from "../ledger/port/ledger.ts";
import { type Config, commandLine } from "../settings/config.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { noteChange } from "./note-change.ts";
import { type Column, isForPeople, type OutputOption, printDone, printRows } from "./output.ts";
import { printData, say } from "./talk.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** What a key may do that is made without a word about it: a client's daily work, no keys. */
const USUAL: readonly Scope[] = ["jobs:read", "jobs:write", "stores:read"];

const KEY: readonly Column[] = [
  ["id"],
  ["name"],
  ["tenant"],
  ["status"],
  ["scopes"],
  ["expires_at", "expires"],
  ["last_used_at", "last used"],
];

export type NewKeyOptions = {
  readonly name: string;
  readonly tenant?: string;
  readonly scope?: readonly Scope[];
  readonly readOnly: boolean;
  readonly expiresDays?: number;
};

export async function createKey(config: Config, options: NewKeyOptions & OutputOption): Promise<ExitCode> {
  const tenant = options.tenant ?? DEFAULT_TENANT;
  if (!new RegExp(TENANT_NAME).test(tenant)) {
    const wanted = "1 to 63 small letters, digits, hyphens or underscores";
    throw new CommandError(EXIT.usage, `--tenant must be ${wanted}, got ${JSON.stringify(tenant)}`);
  }
  const scopes = options.readOnly ? READ_ONLY : SCOPES.filter((scope) => (options.scope ?? USUAL).includes(scope));
  const expiresInMs = options.expiresDays === undefined ? null : options.expiresDays * DAY_MS;
  await withKeys(config, async ({ ledger, ring }) => {
    const isFirst = !(await ledger.hasKeys());
    const made = await ring.make({ name: options.name, tenant, scopes, expiresInMs });
    await note(ledger, made.key, "createKey");
    show(made, options);
    if (isFirst)
      say("It is the first key: from now on a service asks everybody for one, unless it runs with --auth off.");
  });
  return EXIT.ok;
}

export async function listKeys(config: Config, output: OutputOption): Promise<ExitCode> {
  await withKeys(config, async ({ ledger }) => {
    await printRows(
      (await ledger.listKeys(null)).map(keyRow),
      KEY,
      output,
      `There are no keys: ${commandLine("keys create")}`,
    );
  });
  return EXIT.ok;
}

export async function revokeKey(config: Config, id: string, output: OutputOption): Promise<ExitCode> {
  await withKeys(config, async ({ ledger, ring }) => {
    const key = await ring.revoke(id);
    if (!key) throw noSuchKey(id);
    await note(ledger, key, "revokeKey");
    printDone(keyRow(key), `Key ${id} (${key.name}) is revoked; running services notice within two seconds.`, output);
  });
  return EXIT.ok;
}

export async function rotateKey(
  config: Config,
  id: string,
  { overlapHours, ...output }: OutputOption & { readonly overlapHours: number },
): Promise<ExitCode> {
  await withKeys(config, async ({ ledger, ring }) => {
    const made = await ring.rotate(id, overlapHours * HOUR_MS);
    if (!made) throw noSuchKey(id, "that is not over");
    await note(ledger, made.key, "rotateKey");
    show(made, output);
    say(`Key ${id} works for ${counted(overlapHours, "hour")} more.`);
  });
  return EXIT.ok;
}

async function withKeys(
  config: Config,
  work: (keys: { readonly ledger: Ledger; readonly ring: KeyRing }) => Promise<void>,
): Promise<void> {
  const ledger = await openLedger(config);
  try {
    const authSecret = readAuthSecret(config);
    if (authSecret === null) {
      const detail = "must be set for keys in a fleet, to the same 32 characters or more for each of its processes";
      throw new CommandError(EXIT.badConfig, `STOREWALK_AUTH_SECRET ${detail}`);
    }
    await work({ ledger, ring: createKeyRing({ ledger, authSecret, now: Date.now }) });
  } finally {
    await ledger.close();
  }
}

function show({ key, text }: MadeKey, output: OutputOption): void {
  printData(isForPeople(output) ? text : JSON.stringify({ ...keyRow(key), key: text }));
  say(`Key ${key.id} (${key.name}) of tenant ${key.tenant} may: ${key.scopes.join(", ")}. It is shown this once.`);
}

function note(ledger: Ledger, { id, tenant }: ApiKey, action: string): Promise<void> {
  return noteChange(ledger, { tenant, action, target: `/api/v1/keys/${id}` });
}

function noSuchKey(id: string, further = ""): CommandError {
  return new CommandError(EXIT.badData, `there is no key ${JSON.stringify(id)} ${further}`.trimEnd());
}

function keyRow(key: ApiKey) {
  const instant = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  return {
    id: key.id,
    name: key.name,
    tenant: key.tenant,
    status: key.state,
    scopes: key.scopes.join(" "),
    created_at: instant(key.createdAt),
    expires_at: instant(key.expiresAt),
    revoked_at: instant(key.revokedAt),
    last_used_at: instant(key.lastUsedAt),
  };
}
