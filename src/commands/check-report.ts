/** What a dry run found out about a file, as data and in words. Must never say that anything was kept. */
import type { DryRun } from "../../sdk/src/client.ts";
import { counted, firstOf } from "../domain/counted.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { type OutputOption, printForPrograms } from "./output.ts";
import { READING_WORDS, spoken } from "./spoken.ts";
import { say, sayWarnings } from "./talk.ts";

/** What would become of it as data for programs; for people how it was read, what is wrong with it and what may go wrong, a line each. */
export function reportCheck(check: DryRun, farewell: string, output: OutputOption): ExitCode {
  printForPrograms(check, output);
  sayColumns(check.columns);
  for (const problem of check.problems) say(spoken(problem, READING_WORDS));
  const more = check.problems_total - check.problems.length;
  if (more > 0) say(`and ${more} more`);
  sayWarnings(check.warnings);
  const unsaid = check.warnings_total - check.warnings.length;
  if (unsaid > 0) say(`and ${counted(unsaid, "more warning")}`);
  sayUnknownStores(check);
  const unread = check.warnings.filter(({ code }) => code === "time_unread").length;
  if (check.open_dates !== null && check.open_dates.count > unread) sayOpenDates(check.open_dates);
  const size = `${counted(check.visits, "visit")}, ${counted(check.images, "image")}`;
  if (!check.would_be_accepted) {
    say(`It would be refused for ${counted(check.problems_total, "problem")}. ${farewell}`);
    return EXIT.badData;
  }
  say(`It would be accepted: ${size}. ${farewell}`);
  return EXIT.ok;
}

/** Of a table: which header meant what. */
function sayColumns(columns: DryRun["columns"]): void {
  const read = columns.flatMap(({ header, means }) =>
    means === null ? [] : [header === means ? means : `${means} from ${JSON.stringify(header)}`],
  );
  if (read.length > 0) say(`Columns: ${read.join(", ")}`);
}

/** Unless each was named already, with what is near to it or as a problem. */
function sayUnknownStores({ unknown_stores: stores, warnings, problems_total: problems }: DryRun): void {
  const named = warnings.filter(({ code }) => code === "near_store").length;
  if (stores.length <= named + problems) return;
  const [are, whose] = stores.length === 1 ? ["is", "its"] : ["are", "their"];
  say(
    `warning: ${counted(stores.length, "store")} ${are} not in the store master, so ${whose} images would fail: ${firstOf(stores)}`,
  );
}

function sayOpenDates({ count, orders, example }: NonNullable<DryRun["open_dates"]>): void {
  const which = orders.map((order) => `--dates ${order}`).join(" or ");
  const asked = which === "" ? "no one order of --dates reads all of them" : `say which number is the day: ${which}`;
  say(`warning: ${counted(count, "time")} could be read, such as ${JSON.stringify(example)}; ${asked}`);
}
