/** `storewalk schedules …`: jobs that repeat. */
import { readFile } from "node:fs/promises";
import type { Operations } from "../../sdk/src/api-types.ts";
import { type ServiceOption, withClient } from "./connection.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { given } from "./jobs.ts";
import { type Column, type OutputOption, printDone, printOne, printRows } from "./output.ts";

type Output = ServiceOption & OutputOption;
type NewSchedule = Operations["createSchedule"]["body"];

const SCHEDULE: readonly Column[] = [
  ["id"],
  ["name"],
  ["cron"],
  ["time_zone", "time zone"],
  ["enabled"],
  ["next_run_at", "next run"],
  ["runs.0.job_id", "last job"],
  ["runs.0.error", "last error"],
];

export type ScheduleOptions = Output & {
  readonly zone: string;
  /** A URL, or a file that is kept. */
  readonly from: string;
  readonly format?: NonNullable<NewSchedule["format"]>;
  readonly priority?: number;
  readonly inspect?: "off" | "quick" | "full";
  readonly externalId?: string;
};

export async function addSchedule(name: string, cron: string, options: ScheduleOptions): Promise<ExitCode> {
  const source = /^https?:\/\//.test(options.from)
    ? { url: options.from }
    : { text: await readFile(options.from, "utf8") };
  const chosen = given({ priority: options.priority, inspect: options.inspect, external_id: options.externalId });
  const body = { name, cron, time_zone: options.zone, source, options: chosen, ...given({ format: options.format }) };
  await withClient(options, async (client) => printOne(await client.schedules.create(body), SCHEDULE, options));
  return EXIT.ok;
}

export async function listSchedules(options: Output): Promise<ExitCode> {
  await withClient(options, async (client) =>
    printRows(await client.schedules.list(), SCHEDULE, options, "There are no schedules."),
  );
  return EXIT.ok;
}

export async function runSchedule(id: number, options: Output): Promise<ExitCode> {
  await withClient(options, async (client) => printOne(await client.schedules.run(id), SCHEDULE, options));
  return EXIT.ok;
}

export async function switchSchedule(id: number, enabled: boolean, options: Output): Promise<ExitCode> {
  await withClient(options, async (client) =>
    printOne(await client.schedules.change(id, { enabled }), SCHEDULE, options),
  );
  return EXIT.ok;
}

export async function removeSchedule(id: number, options: ServiceOption & OutputOption): Promise<ExitCode> {
  await withClient(options, (client) => client.schedules.remove(id));
  printDone({ id, removed: true }, `Schedule ${id} is removed; its jobs stay.`, options);
  return EXIT.ok;
}
