/** `storewalk times`: how the tenant's times of visits are read where a submission does not say it. */
import type { DateOrder } from "../domain/visit-time.ts";
import { type ServiceOption, withClient } from "./connection.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { printData } from "./talk.ts";

/** `none` is for: each submission says it. */
export type TimesOptions = ServiceOption & {
  readonly dates?: DateOrder | "none";
  readonly timeZone?: string;
};

/** What is not named stays as it is. */
export async function times({ dates, timeZone, ...service }: TimesOptions): Promise<ExitCode> {
  const told = (value: string | null) => (value === "none" ? null : value);
  await withClient(service, async (client) => {
    const known = await client.times();
    if (dates === undefined && timeZone === undefined) return printData(JSON.stringify(known));
    const order = dates === undefined ? known.dates : dates === "none" ? null : dates;
    const changed = { dates: order, time_zone: told(timeZone ?? known.time_zone) };
    printData(JSON.stringify(await client.setTimes(changed)));
  });
  return EXIT.ok;
}
