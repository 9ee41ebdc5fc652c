#!/usr/bin/env -S node --disable-warning=ExperimentalWarning --max-semi-space-size=4
/** argv → command → exit code. */
import { CommanderError } from "commander";
import { CommandError, EXIT, type ExitCode } from "./commands/exit-codes.ts";
import { listenFault } from "./commands/listen-fault.ts";
import { say, watchOutput } from "./commands/talk.ts";
import { LedgerUnusable } from "./ledger/port/ledger-unusable.ts";
import { createProgram } from "./program/program.ts";
import { ConfigError } from "./settings/config.ts";

async function main(argv: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  try {
    await createProgram((code) => {
      exitCode = code;
    }).parseAsync(argv);
    return exitCode;
  } catch (error) {
    return explain(error);
  }
}

/** People get a sentence; only a bug shows its stack. */
function explain(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof CommandError) {
    say(`storewalk: ${error.message}`);
    return error.exitCode;
  }
  if (error instanceof LedgerUnusable) {
    say(`storewalk: ${error.message}`);
    return EXIT.badConfig;
  }
  if (error instanceof ConfigError) {
    for (const fault of error.faults) say(`storewalk: ${fault}`);
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
