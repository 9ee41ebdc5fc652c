/** `storewalk alerts …`: what people want to be told of, and what is the case now. */
import type { AlertKind } from "../domain/alert-kinds.ts";
import { type ServiceOption, withClient } from "./connection.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { firstAttempt, sayOutcome } from "./first-attempt.ts";
import { given } from "./jobs.ts";
import { type Column, isForPeople, type OutputOption, printDone, printOne, printRows } from "./output.ts";
import { say } from "./talk.ts";
import { DELIVERY } from "./webhooks.ts";

type Output = ServiceOption & OutputOption;

const ALERT: readonly Column[] = [
  ["id"],
  ["name"],
  ["kind"],
  ["threshold"],
  ["state"],
  ["firing_since", "firing since"],
  ["waiting"],
  ["quiet_hours.from", "quiet from"],
  ["quiet_hours.to", "quiet to"],
  ["webhooks"],
  ["causes.0.detail", "first cause"],
];

export type AlertOptions = Output & {
  readonly threshold?: number;
  readonly webhook?: readonly number[];
  /** `22:00-07:00`. */
  readonly quiet?: string;
  readonly zone?: string;
  readonly tellEnd?: true;
};

export async function addAlert(name: string, kind: AlertKind, options: AlertOptions): Promise<ExitCode> {
  const quiet_hours = quietHours(options);
  const body = { name, kind, ...given({ threshold: options.threshold, webhooks: options.webhook, quiet_hours }) };
  await withClient(options, async (client) =>
    printOne(await client.alerts.create({ ...body, tells_end: options.tellEnd ?? false }), ALERT, options),
  );
  return EXIT.ok;
}

function quietHours({ quiet, zone }: AlertOptions) {
  if (quiet === undefined) {
    if (zone === undefined) return undefined;
    throw new CommandError(EXIT.usage, "--zone is the time zone of --quiet, which is missing");
  }
  const [from = "", to = "", ...more] = quiet.split("-");
  if (more.length > 0 || !/^\d\d:\d\d$/.test(from) || !/^\d\d:\d\d$/.test(to))
    throw new CommandError(EXIT.usage, `--quiet must be two times such as 22:00-07:00, got "${quiet}"`);
  return { from, to, ...given({ time_zone: zone }) };
}

export async function listAlerts(options: Output): Promise<ExitCode> {
  await withClient(options, async (client) =>
    printRows(await client.alerts.list(), ALERT, options, "There are no alerts."),
  );
  return EXIT.ok;
}

export async function testAlert(id: number, options: Output): Promise<ExitCode> {
  return await withClient(options, async (client) => {
    const sent = await client.alerts.test(id);
    if (sent.length === 0) say(`Alert ${id} tells nobody: its webhooks are off, or were removed.`);
    const tried = await Promise.all(sent.map((one) => firstAttempt(client, one)));
    if (!isForPeople(options)) await printRows(tried, DELIVERY, options, "");
    const codes = tried.map(sayOutcome);
    return sent.length === 0 ? EXIT.badConfig : (codes.find((code) => code !== EXIT.ok) ?? EXIT.ok);
  });
}

export async function switchAlert(id: number, enabled: boolean, options: Output): Promise<ExitCode> {
  await withClient(options, async (client) => printOne(await client.alerts.change(id, { enabled }), ALERT, options));
  return EXIT.ok;
}

export async function removeAlert(id: number, options: Output): Promise<ExitCode> {
  await withClient(options, (client) => client.alerts.remove(id));
  printDone({ id, removed: true }, `Alert ${id} is removed.`, options);
  return EXIT.ok;
}
