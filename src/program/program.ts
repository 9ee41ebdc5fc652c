/**
 * The program's commands as they are typed: names, flags, help. What a command does is loaded when it is called, so that each costs what it
 * needs and no more.
 */
import { Argument, Command, Help, type Option } from "commander";
import packageFile from "../../package.json" with { type: "json" };
import { completion, longFlags, SHELLS, type Shell } from "../commands/completion.ts";
import type { OutputOption } from "../commands/output.ts";
import type { Words } from "../commands/spoken.ts";
import { loadConfig, type Overrides } from "../settings/config.ts";
import { addAlertCommands } from "./alert-commands.ts";
import { showExamples } from "./examples.ts";
import { addHostCommands } from "./host-commands.ts";
import { addInsightCommands } from "./insight-commands.ts";
import { addJobCommands } from "./job-commands.ts";
import { addKeyCommands } from "./key-commands.ts";
import { type Exit, withOutput, withSettings } from "./options.ts";
import { addProfileCommands } from "./profile-commands.ts";
import { addScheduleCommands } from "./schedule-commands.ts";
import { addStoreCommands } from "./store-commands.ts";
import { addSubmissionCommands } from "./submission-commands.ts";
import { addTruthCommands } from "./truth-commands.ts";
import { addWebhookCommands } from "./webhook-commands.ts";

export function createProgram(exit: Exit): Command {
  const program = new Command("storewalk")
    .description(
      "Bulk engine for store-visit photos: nothing lost, nothing counted twice, every failure names its cause.",
    )
    .version(packageFile.version)
    .exitOverride()
    // An option of a command means nothing to the commands below it: there it is refused, not taken and forgotten.
    .enablePositionalOptions()
    // The caller says what is wrong.
    .configureOutput({ outputError: () => {} })
    .configureHelp({ optionDescription: withoutFalse, visibleOptions: ownFirst });

  withSettings(program.command("serve").description("run the service until a signal stops it")).action(
    async (flags: Overrides) => {
      const { serve } = await import("../commands/serve.ts");
      exit(await serve(loadConfig(flags)));
    },
  );
  withSettings(
    program.command("demo").description("run the service with photos, stores and a sample job of its own"),
  ).action(async (flags: Overrides) => {
    const { demo } = await import("../commands/demo.ts");
    exit(await demo(loadConfig(flags)));
  });
  withSettings(withOutput(program.command("doctor").description("say what is wrong with the set-up"))).action(
    async (flags: Overrides & OutputOption) => {
      const { doctor } = await import("../commands/doctor.ts");
      exit(await doctor(flags));
    },
  );
  addStoreCommands(program, exit);
  addSubmissionCommands(program, exit);
  addJobCommands(program, exit);
  addInsightCommands(program, exit);
  addScheduleCommands(program, exit);
  addAlertCommands(program, exit);
  addHostCommands(program, exit);
  addWebhookCommands(program, exit);
  addTruthCommands(program, exit);
  addKeyCommands(program, exit);
  addProfileCommands(program, exit);
  program
    .command("completion")
    .description("print a script that completes commands in a shell")
    .addArgument(new Argument("<shell>").choices(SHELLS))
    .action((shell: Shell) => exit(completion(program, shell)));
  showExamples(program);
  return program;
}

const usualHelp = new Help();

/** That a flag is off until it is given is what a flag is. */
const withoutFalse = (option: Option) => usualHelp.optionDescription(option).replace(" (default: false)", "");

/** What many commands have alike. */
const SHARED = ["--url", "--profile", "--json", "--ndjson", "--limit", "--all", "--help"];

/** What is a command's own stands before what many have. */
const ownFirst = (command: Command) =>
  usualHelp.visibleOptions(command).toSorted((a, b) => SHARED.indexOf(a.long ?? "") - SHARED.indexOf(b.long ?? ""));

/** The command that was typed, as far as there is one: `jobs get`. */
export function typedCommand(program: Command, words: readonly string[]): string {
  return typedCommands(program, words)
    .map((command) => command.name())
    .join(" ");
}

/** In which words what the service says of that command is passed on. */
export function typedWords(program: Command, words: readonly string[]): Words {
  const commands = typedCommands(program, words);
  const command = commands.at(-1);
  const flags = commands.flatMap(({ options }) => options.flatMap(longFlags));
  const hasFile = command?.registeredArguments.some((argument, at) => argument.name() === "file" && command.args[at]);
  return { flags, placed: hasFile ? flags.filter((flag) => words.includes(flag)) : flags };
}

function typedCommands(program: Command, words: readonly string[]): readonly Command[] {
  const inner = program.commands.find((command) => command.name() === words[0]);
  return inner ? [inner, ...typedCommands(inner, words.slice(1))] : [];
}
