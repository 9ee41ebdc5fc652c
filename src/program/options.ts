/** Options and arguments that several commands have, and what may stand in them. */
import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import type { ExitCode } from "../commands/exit-codes.ts";
import { isCalendarDate } from "../domain/visit-time.ts";
import { flagOf, SETTINGS } from "../settings/config.ts";

/** Told how a command ended. */
export type Exit = (code: ExitCode) => void;

const DEFAULT_LIMIT = 50;

export function limitOption(): Option {
  return new Option("--limit <count>", "at most so many").argParser(wholeNumber).default(DEFAULT_LIMIT);
}

export function withOutput(command: Command): Command {
  return command
    .addOption(new Option("--json", "print JSON").conflicts("ndjson"))
    .option("--ndjson", "print a JSON object a line");
}

export function wholeNumber(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw new InvalidArgumentError("it must be a whole number.");
  return Number(value);
}

export function calendarDate(value: string): string {
  if (!isCalendarDate(value)) throw new InvalidArgumentError("it must be a date such as 2026-01-05.");
  return value;
}

export function keyValue(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("it must be KEY=VALUE.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

export function idArgument(name: string): Argument {
  return new Argument(name, "its number").argParser(wholeNumber);
}

/** Every setting as a flag; the environment and the defaults stand behind them. */
export function withSettings(command: Command): Command {
  for (const [key, { name, fallback, about }] of Object.entries(SETTINGS)) {
    const option = new Option(
      `${flagOf(name)} <value>`,
      `${about} (${name}${fallback === "" ? "" : `, else ${fallback}`})`,
    );
    // Under the setting's own key, which need not be spelt as its flag is.
    option.attributeName = () => key;
    command.addOption(option);
  }
  return command;
}

export function withService(command: Command): Command {
  return command
    .option("--url <url>", "where the service is (else STOREWALK_HOST and STOREWALK_PORT)")
    .option("--profile <name>", "a service kept with: storewalk profiles set");
}

export function jobArgument(): Argument {
  return new Argument("<job>", "the job's number").argParser((value) => {
    if (!/^[1-9]\d{0,15}$/.test(value) || !Number.isSafeInteger(Number(value)))
      throw new InvalidArgumentError("it must be the number of a job.");
    return Number(value);
  });
}
