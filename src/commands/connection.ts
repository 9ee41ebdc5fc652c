/** The client of the service that a command means, and its failures as sentences with exit codes. */
import { Storewalk, StorewalkError } from "../../sdk/src/client.ts";
import { commandLine, loadConfig } from "../settings/config.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { readProfile } from "./profiles.ts";

export type ServiceOption = { readonly url?: string; readonly profile?: string };

export type Place = { readonly url: string; readonly apiKey: string | null };

/** `--url` before `--profile` before the settings. */
export async function placeOf({ url, profile }: ServiceOption): Promise<Place> {
  const known = profile === undefined ? null : await readProfile(profile);
  const { host, port, apiKey } = loadConfig();
  const chosen = url ?? known?.url ?? `http://${host}:${port}`;
  if (!URL.canParse(chosen))
    throw new CommandError(EXIT.usage, `--url must be an address such as http://127.0.0.1:8080, got "${chosen}"`);
  return { url: chosen, apiKey: known?.apiKey ?? apiKey };
}

/** Does something with the service; what it refuses becomes a CommandError. */
export async function withClient<T>(option: ServiceOption, work: (client: Storewalk) => Promise<T>): Promise<T> {
  return await withClientAt(await placeOf(option), work);
}

export async function withClientAt<T>({ url, apiKey }: Place, work: (client: Storewalk) => Promise<T>): Promise<T> {
  try {
    return await work(new Storewalk({ baseUrl: url, maxRetries: 1, ...(apiKey === null ? {} : { apiKey }) }));
  } catch (error) {
    if (!(error instanceof StorewalkError)) throw error;
    if (error.code === "unreachable") {
      const advice = `start it with "${commandLine("serve")}", or name it with --url`;
      throw new CommandError(EXIT.serviceAway, `no Storewalk answers at ${url}; ${advice}`, { cause: error });
    }
    throw refused(error);
  }
}

/** What the service refused, as the end of a command. */
function refused(error: StorewalkError): CommandError {
  const { message, problems, problemsTotal: total, code } = error;
  const advice = ADVICE[code];
  return new CommandError(exitCodeOf(error), message, {
    cause: error,
    refusal: { problems, total },
    advice: advice ? `\n  ${advice()}` : "",
  });
}

/** What to type, where the service's own words do not say it. */
const ADVICE: { readonly [K in StorewalkError["code"]]?: () => string } = {
  unauthenticated: () => "Commands send the key in STOREWALK_API_KEY, or that of --profile.",
  too_many_webhooks: () => `To remove one: ${commandLine("webhooks remove ID")}`,
  too_many_schedules: () => `To remove one: ${commandLine("schedules remove ID")}`,
  too_many_host_access: () => `To remove some: ${commandLine("hosts remove PATTERN")}`,
};

function exitCodeOf({ code, status }: StorewalkError): ExitCode {
  if (code === "not_storewalk" || status >= 500) return EXIT.serviceAway;
  return status === 401 || status === 403 ? EXIT.notAllowed : EXIT.badData;
}
