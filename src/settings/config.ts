/**
 * The one table of settings, and how it is read: from flags, then from the environment, of which this is the only reader.
 * All faults are reported at once; the result is frozen and passed down in parts.
 */

import { homedir } from "node:os";
import { join } from "node:path";
import { ACCESS_SETTINGS } from "./access-settings.ts";
import { BUCKET_SETTINGS } from "./bucket-settings.ts";
import { FETCHING_SETTINGS } from "./fetching-settings.ts";
import { FLEET_SETTINGS } from "./fleet-settings.ts";
import { INSPECTION_SETTINGS } from "./inspection-settings.ts";
import { LIMIT_SETTINGS } from "./limit-settings.ts";
import { MEASURING_SETTINGS } from "./measuring-settings.ts";
import { MESSAGE_SETTINGS } from "./message-settings.ts";
import { SERVICE_SETTINGS } from "./service-settings.ts";
import type { Setting, ValuesOf } from "./setting.ts";
import { startedAs } from "./started-as.ts";
import { SUBMISSION_SETTINGS } from "./submission-settings.ts";
import { missingForUploads } from "./upload-place.ts";

/** The whole table in parts by subject, in the order of the documents. */
export const SUBJECTS = [
  { title: "The process", settings: SERVICE_SETTINGS },
  { title: "Who may call", settings: ACCESS_SETTINGS },
  { title: "Submissions", settings: SUBMISSION_SETTINGS },
  { title: "Uploaded photos in a bucket", settings: BUCKET_SETTINGS },
  { title: "Fetching images", settings: FETCHING_SETTINGS },
  { title: "Measuring images", settings: MEASURING_SETTINGS },
  { title: "Inspecting photos", settings: INSPECTION_SETTINGS },
  { title: "Messages to people", settings: MESSAGE_SETTINGS },
  { title: "How much is taken on", settings: LIMIT_SETTINGS },
  { title: "Many processes", settings: FLEET_SETTINGS },
] as const;

export const SETTINGS = {
  ...SERVICE_SETTINGS,
  ...ACCESS_SETTINGS,
  ...SUBMISSION_SETTINGS,
  ...BUCKET_SETTINGS,
  ...FETCHING_SETTINGS,
  ...MEASURING_SETTINGS,
  ...INSPECTION_SETTINGS,
  ...MESSAGE_SETTINGS,
  ...LIMIT_SETTINGS,
  ...FLEET_SETTINGS,
} as const;

type SettingKey = keyof typeof SETTINGS;
export type Config = ValuesOf<typeof SETTINGS>;
/** Settings given as command-line flags; they win over the environment. */
export type Overrides = { readonly [K in SettingKey]?: string | undefined };

/** Settings that cannot be used, all of them, each as one sentence. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join("\n"));
    this.faults = faults;
  }
}

/** `--data-dir` for `STOREWALK_DATA_DIR`. */
export function flagOf(name: string): string {
  return `--${name
    .replace(/^STOREWALK_/, "")
    .toLowerCase()
    .replaceAll("_", "-")}`;
}

/** Throws ConfigError with every fault at once. */
export function loadConfig(overrides: Overrides = {}, environment: NodeJS.ProcessEnv = process.env): Config {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, { name, fallback, parse }] of Object.entries<Setting<unknown>>(SETTINGS)) {
    const flag = overrides[key as SettingKey];
    const given = flag ?? environment[name];
    const shown = flag === undefined ? name : flagOf(name);
    // A forgotten `$HOST` would make the API listen everywhere, an empty folder name would fail far from here.
    if (given?.trim() === "" && fallback !== "") {
      faults.push(`${shown} must not be empty; leave it out for its default, ${fallback}`);
      continue;
    }
    const parsed = parse(given ?? fallback);
    if (parsed.kind === "value") values[key] = parsed.value;
    else faults.push(`${shown} must be ${parsed.wanted}${parsed.secret ? "" : `, got "${given}"`}`);
  }
  faults.push(...faultsTogether(values));
  if (faults.length > 0) throw new ConfigError(faults);
  // Each key of the table was parsed by its own rule just above.
  const config = Object.freeze(values) as Config;
  const missing = missingForUploads(config);
  if (missing.length > 0) throw new ConfigError(missing);
  return config;
}

/** Settings that are right by themselves and not together. */
function faultsTogether({ role, databaseUrl, amqpUrl }: Readonly<Record<string, unknown>>): readonly string[] {
  if (typeof databaseUrl === "string" || databaseUrl === undefined) return [];
  const why = "the embedded ledger belongs to one process";
  const faults: string[] = [];
  if (role === "api" || role === "worker") faults.push(`STOREWALK_ROLE ${role} needs DATABASE_URL: ${why}`);
  if (typeof amqpUrl === "string") faults.push(`AMQP_URL needs DATABASE_URL: ${why}`);
  return faults;
}

/** Names in the environment that look like settings and are none: a misspelt one would silently leave the default in force. */
export function unknownSettings(environment: NodeJS.ProcessEnv = process.env): readonly string[] {
  const known = new Set<string>(Object.values(SETTINGS).map(({ name }) => name));
  return Object.keys(environment).filter((name) => name.startsWith("STOREWALK_") && !known.has(name));
}

/** Whether an address that is listened on is reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/** Where a person's own settings of programs are. */
/** How to type a command of this program here. */
export function commandLine(command: string): string {
  return `${startedAs(process.env, process.argv[1] ?? "", process.cwd())} ${command}`;
}

export function configHome(): string {
  return process.env.XDG_CONFIG_HOME || join(homedir(), ".config");
}
