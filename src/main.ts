#!/usr/bin/env -S node --disable-warning=ExperimentalWarning --max-semi-space-size=4
/** argv → command → exit code. */
import { CommanderError } from "commander";
import { CommandError, EXIT, type ExitCode } from "./commands/exit-codes.ts";
import { listenFault } from "./commands/listen-fault.ts";
import { say, watchOutput } from "./commands/talk.ts";
import { LedgerUnusable } from "./ledger/port/ledger-unusable.ts";
import { createProgram, typedCommand } from "./program/program.ts";
import { ConfigError, commandLine } from "./settings/config.ts";

async function main(argv: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const program = createProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    return explain(error, () => commandLine(`${typedCommand(program, argv.slice(2))} --help`.trim()));
  }
}

/** People get a sentence, how to use the command where they did not know, and nothing twice; only a bug shows its stack. */
function explain(error: unknown, help: () => string): ExitCode {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.ok;
    // Its own help was shown in place of a sentence.
    if (error.code !== "commander.help") say(`storewalk: ${error.message.replace(/^error: /, "")}\nSee: ${help()}`);
    return EXIT.usage;
  }
  if (error instanceof CommandError) {
    say(`storewalk: ${error.message}${error.exitCode === EXIT.usage ? `\nSee: ${help()}` : ""}`);
    return error.exitCode;
  }
  if (error instanceof LedgerUnusable) {
    say(`storewalk: ${error.message}`);
    return EXIT.badConfig;
  }
  if (error instanceof ConfigError) {
    say(`storewalk: ${error.faults.join("\n  ")}`);
    return EXIT.badConfig;
  }
  const unheard = listenFault(error);
  if (unheard !== null) {
    say(`storewalk: ${unheard}`);
    return EXIT.badConfig;
  }
  say(`storewalk: ${error instanceof Error ? error.stack : error}`);
  return EXIT.internal;
}

watchOutput();
void main(process.argv).then((exitCode) => {
  process.exitCode = exitCode;
});
