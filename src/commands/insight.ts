/** `storewalk insight`: what was visited over all jobs, a row for each area, store, host or agent. */
import type { Operations } from "../../sdk/src/api-types.ts";
import type { TableFormat } from "../reports/report-formats.ts";
import { type ServiceOption, withClient } from "./connection.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { type Column, type OutputOption, printRows } from "./output.ts";
import { refuseWorkbookOnTerminal, saveAnswer } from "./save-answer.ts";
import { say } from "./talk.ts";

/** Stores alone have a name beside what they are listed by. */
const columnsOf = (of: NonNullable<InsightQuestion["of"]>): readonly Column[] => [
  ["key", of],
  ...(of === "store" ? [["name"] as const] : []),
  ["visits"],
  ["images"],
  ["failed"],
  ["perimeter"],
  ["flagged"],
  ["previous.images", "images before"],
  ["previous.failed", "failed before"],
];

export type InsightQuestion = Omit<Operations["getInsight"]["query"], "format" | "bom">;

export async function showInsight(question: InsightQuestion, options: ServiceOption & OutputOption): Promise<ExitCode> {
  await withClient(options, async (client) => {
    const { from, to, previous, rows, more } = await client.insight(question);
    say(`${from} to ${to}, beside ${previous.from} to ${previous.to}`);
    await printRows(rows, columnsOf(question.of ?? "area"), options, "Nothing was visited then.");
    if (more > 0) say(`These are the first ${rows.length} of ${rows.length + more}: --limit shows up to 200.`);
  });
  return EXIT.ok;
}

/** To a file, or to standard output. */
export async function exportInsight(
  question: InsightQuestion,
  options: ServiceOption & { readonly format: TableFormat; readonly bom: boolean; readonly output?: string },
): Promise<ExitCode> {
  const { format, bom, output } = options;
  refuseWorkbookOnTerminal(format, output);
  await withClient(options, async (client) => {
    const file = await client.insightFile({ ...question, format, ...(bom ? { bom: 1 } : {}) });
    await saveAnswer(file, output, "the insight");
  });
  return EXIT.ok;
}
