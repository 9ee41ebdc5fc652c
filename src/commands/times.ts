/** `storewalk times`: how the tenant's times of visits are read where a submission does not say it. */
import type { DateOrder } from "../domain/visit-time.ts";
import { type ServiceOption, withClient } from "./connection.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { type Column, type OutputOption, printAnswer } from "./output.ts";

const TIMES: readonly Column[] = [["dates"], ["time_zone", "time zone"]];

/** `none` is for: each submission says it. */
export type TimesOptions = ServiceOption & {
  readonly dates?: DateOrder | "none";
  readonly timeZone?: string;
};

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
    if (dates === undefined && timeZone === undefined) return printAnswer(known, TIMES, { json, ndjson });
    const order = dates === undefined ? known.dates : dates === "none" ? null : dates;
    const changed = { dates: order, time_zone: told(timeZone ?? known.time_zone) };
    printAnswer(await client.setTimes(changed), TIMES, { json, ndjson });
  });
  return EXIT.ok;
}
