/** Services that a person works with, by name: `storewalk profiles set`, then `--profile NAME` at any command that asks a service. */
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { commandLine, configHome } from "../settings/config.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { writing } from "./file-fault.ts";
import { type OutputOption, printDone, printRows } from "./output.ts";

const Profiles = Type.Record(
  Type.String(),
  Type.Object({ url: Type.String(), api_key: Type.Union([Type.String(), Type.Null()]) }),
);
type Profiles = Record<string, { url: string; api_key: string | null }>;

const path = (): string => join(configHome(), "storewalk", "profiles.json");

async function readAll(): Promise<Profiles> {
  const text = await readFile(path(), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "{}";
    throw error;
  });
  try {
    const profiles: unknown = JSON.parse(text);
    if (Value.Check(Profiles, profiles)) return profiles;
  } catch {}
  throw new CommandError(EXIT.badConfig, `${path()} is no file of profiles; mend or remove it`);
}

/** For its owner only: it may hold keys. */
async function writeAll(profiles: Profiles): Promise<void> {
  await mkdir(dirname(path()), { recursive: true });
  const unfinished = `${path()}.part`;
  await writeFile(unfinished, `${JSON.stringify(profiles, null, 2)}\n`, { mode: 0o600 });
  await chmod(unfinished, 0o600);
  await rename(unfinished, path());
}

export async function readProfile(name: string): Promise<{ readonly url: string; readonly apiKey: string | null }> {
  const profiles = await readAll();
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile) return { url: profile.url, apiKey: profile.api_key };
  const known = Object.keys(profiles).join(", ") || "none yet";
  throw new CommandError(
    EXIT.usage,
    `there is no profile "${name}"; known: ${known}. Add it: ${commandLine("profiles set")}`,
  );
}

export async function setProfile(
  name: string,
  url: string,
  options: OutputOption & { readonly apiKey?: string },
): Promise<ExitCode> {
  if (!URL.canParse(url))
    throw new CommandError(EXIT.usage, `the URL must be an address such as http://127.0.0.1:8080, got "${url}"`);
  await writing(path(), async () =>
    writeAll({ ...(await readAll()), [name]: { url, api_key: options.apiKey ?? null } }),
  );
  printDone({ name, url, has_key: options.apiKey !== undefined }, `Profile ${name} is ${url}.`, options);
  return EXIT.ok;
}

export async function removeProfile(name: string, output: OutputOption): Promise<ExitCode> {
  await readProfile(name);
  const { [name]: _, ...others } = await readAll();
  await writing(path(), () => writeAll(others));
  printDone({ name, removed: true }, `Profile ${name} is removed.`, output);
  return EXIT.ok;
}

export async function listProfiles(output: OutputOption): Promise<ExitCode> {
  const rows = Object.entries(await readAll()).map(([name, { url, api_key: key }]) => ({
    name,
    url,
    has_key: key !== null,
  }));
  const none = `No profile is kept: ${commandLine("profiles set NAME URL")}`;
  await printRows(rows, [["name"], ["url"], ["has_key", "key"]], output, none);
  return EXIT.ok;
}
