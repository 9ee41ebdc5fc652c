/** `storewalk times`: how the tenant's times of visits are read where a submission does not say it. */
import type { Storewalk } from "../../sdk/src/client.ts";
import type { DateOrder } from "../domain/visit-time.ts";
import { type ServiceOption, withClient } from "./connection.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { type Column, isForPeople, type OutputOption, printOne } from "./output.ts";
import { say } from "./talk.ts";

type Times = Awaited<ReturnType<Storewalk["times"]>>;

const TIMES: readonly Column[] = [["dates"], ["time_zone", "time zone"]];

/** `none` is for: each submission says it. */
export type TimesOptions = ServiceOption & {
  readonly dates?: DateOrder | "none";
  readonly timeZone?: string;
};

const inFull = ({ dates, time_zone: zone }: Times) => ({ dates: dates ?? "not set", time_zone: zone ?? "not set" });

function show(times: Times, output: OutputOption): void {
  if (times.dates === null && times.time_zone === null && isForPeople(output))
    say("Nothing is set: dates of numbers are not read, and times without an offset are taken as they are.");
  else printOne(isForPeople(output) ? inFull(times) : times, TIMES, output);
}

/** What is not named stays as it is. */
export async function times({
  dates,
  timeZone,
  json = false,
  ndjson = false,
  ...service
}: TimesOptions & OutputOption): Promise<ExitCode> {
  const told = (value: string | null) => (value === "none" ? null : value);
  await withClient(service, async (client) => {
    const known = await client.times();
    if (dates === undefined && timeZone === undefined) return show(known, { json, ndjson });
    const order = dates === undefined ? known.dates : dates === "none" ? null : dates;
    const changed = { dates: order, time_zone: told(timeZone ?? known.time_zone) };
    show(await client.setTimes(changed), { json, ndjson });
  });
  return EXIT.ok;
}
