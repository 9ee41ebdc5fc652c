/** Options and arguments that several commands have, and what may stand in them. */
import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import { USUAL_LIMIT } from "../commands/choices.ts";
import type { ExitCode } from "../commands/exit-codes.ts";
import { isCalendarDate } from "../domain/visit-time.ts";
import { flagOf, SETTINGS } from "../settings/config.ts";

/** Told how a command ended. */
export type Exit = (code: ExitCode) => void;

/** For a list that comes in pages, however long it is. */
export function withList(command: Command): Command {
  return command
    .addOption(new Option("--limit <count>", `at most so many, else ${USUAL_LIMIT}`).argParser(numberFrom(1)))
    .addOption(new Option("--all", "all of them").conflicts("limit"));
}

/** For what comes in one answer. */
export function limitOption(most: number): Option {
  return new Option("--limit <count>", `at most so many, up to ${most}`)
    .argParser(numberFrom(1, most))
    .default(USUAL_LIMIT);
}

export function withOutput(command: Command): Command {
  return command
    .addOption(new Option("--json", "print JSON").conflicts("ndjson"))
    .option("--ndjson", "print a JSON object a line");
}

/** For an option or argument that is a number of something. */
export function numberFrom(least: number, most: number = Number.MAX_SAFE_INTEGER) {
  const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
  return (value: string): number => {
    const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number ${range}.`);
  };
}

/** For what need not be whole. */
export function decimal(value: string): number {
  if (!/^\d+(?:\.\d+)?$/.test(value)) throw new InvalidArgumentError("It must be a number such as 10 or 2.5.");
  return Number(value);
}

/** Some of the choices, with commas between; completion offers them one by one. */
export function severalOf(flags: string, about: string, choices: readonly string[]): Option {
  const option = new Option(flags, about).choices(choices);
  return option.argParser((text: string) => {
    const unknown = text.split(",").find((part) => !choices.includes(part));
    if (unknown === undefined) return text;
    throw new InvalidArgumentError(`It must be one or more of ${choices.join(", ")}, with commas between.`);
  });
}

export function calendarDate(value: string): string {
  if (!isCalendarDate(value)) throw new InvalidArgumentError("It must be a date such as 2026-01-05.");
  return value;
}

export function keyValue(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It must be KEY=VALUE.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

export function idArgument(name: string): Argument {
  return new Argument(name, "its number").argParser(numberFrom(0));
}

/** Every setting as a flag, for what starts a service; the environment and the defaults stand behind them. */
export function withSettings(command: Command): Command {
  return withFlagsOf(command, Object.keys(SETTINGS));
}

/** For what opens this machine's ledger and starts nothing. */
export function withLedger(command: Command): Command {
  return withFlagsOf(command, ["dataDir", "databaseUrl", "authSecret"]);
}

/** In a group of their own, behind what is the command's: to be called last. */
function withFlagsOf(command: Command, keys: readonly string[]): Command {
  for (const [key, { name, fallback, about }] of Object.entries(SETTINGS)) {
    if (!keys.includes(key)) continue;
    const option = new Option(
      `${flagOf(name)} <value>`,
      `${about} (${name}${fallback === "" ? "" : `, else ${fallback}`})`,
    ).helpGroup("Settings:");
    // Under the setting's own key, which need not be spelt as its flag is.
    option.attributeName = () => key;
    command.addOption(option);
  }
  return command;
}

export function withService(command: Command): Command {
  return command
    .option("--url <url>", "where the service is (else STOREWALK_HOST and STOREWALK_PORT)")
    .option("--profile <name>", "a service kept with: profiles set");
}

export function jobArgument(): Argument {
  return new Argument("<job>", "the job's number").argParser((value) => {
    if (!/^[1-9]\d{0,15}$/.test(value) || !Number.isSafeInteger(Number(value)))
      throw new InvalidArgumentError("It must be the number of a job, from 1.");
    return Number(value);
  });
}
