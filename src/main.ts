#!/usr/bin/env -S MALLOC_ARENA_MAX=2 node --disable-warning=ExperimentalWarning --max-semi-space-size=4
/** argv → command → exit code. */
import { CommanderError } from "commander";
import { CommandError, EXIT, type ExitCode } from "./commands/exit-codes.ts";
import { fileFault } from "./commands/file-fault.ts";
import { listenFault } from "./commands/listen-fault.ts";
import { refusalText, type Words } from "./commands/spoken.ts";
import { say, watchOutput } from "./commands/talk.ts";
import { LedgerUnusable } from "./ledger/port/ledger-unusable.ts";
import { createProgram, typedCommand, typedWords } from "./program/program.ts";
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
    const typed = argv.slice(2);
    return explain(error, {
      help: () => commandLine(`${typedCommand(program, typed)} --help`.trim()),
      words: () => typedWords(program, typed),
    });
  }
}

/** People get a sentence, how to use the command where they did not know, and nothing twice; only a bug shows its stack. */
function explain(
  error: unknown,
  { help, words }: { readonly help: () => string; readonly words: () => Words },
): ExitCode {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.ok;
    // Its own help was shown in place of a sentence.
    if (error.code !== "commander.help") say(`storewalk: ${sentenceOf(error)}\nSee: ${help()}`);
    return EXIT.usage;
  }
  if (error instanceof CommandError) {
    const text = error.refusal === null ? error.message : asTyped(refusalText(error.message, error.refusal, words()));
    say(`storewalk: ${text}${error.advice}${error.exitCode === EXIT.usage ? `\nSee: ${help()}` : ""}`);
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
  const unread = fileFault(error);
  if (unread !== null) {
    say(`storewalk: ${unread.message}`);
    return unread.exitCode;
  }
  say(`storewalk: ${error instanceof Error ? error.stack : error}`);
  return EXIT.internal;
}

/** Commands that the service names, as this program was started. */
const asTyped = (text: string) => text.replaceAll(/\bstorewalk (?=(?:keys|hosts|stores) [a-z])/g, commandLine(""));

/** In which commander wraps what one of our own rules said of a value. */
const WRAPPED =
  /^(?:option '(--[\w-]+)[^']*' argument|command-argument value) '(.*?)' is invalid(?: for argument '(\w+)')?\. /;

function sentenceOf({ message }: CommanderError): string {
  return message
    .replace(/^error: /, "")
    .replace(WRAPPED, (_, flag = "", value = "", argument = "") => `${flag || `<${argument}>`} cannot be "${value}": `)
    .replace(/(?<=": )It must/, "it must")
    .replace(/(?<=": )Allowed choices are/, "it is one of");
}

watchOutput();
void main(process.argv).then((exitCode) => {
  process.exitCode = exitCode;
});
