#!/usr/bin/env -S node --disable-warning=ExperimentalWarning --max-semi-space-size=4
/** argv → command → exit code. */
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import packageFile from "../package.json" with { type: "json" };
import { completion, SHELLS, type Shell } from "./commands/completion.ts";
import { placeOf, type ServiceOption } from "./commands/connection.ts";
import { demo } from "./commands/demo.ts";
import { doctor } from "./commands/doctor.ts";
import { CommandError, EXIT, type ExitCode } from "./commands/exit-codes.ts";
import { changeJob, exportJob, getJob, given, listImages, listJobs, retryJob } from "./commands/jobs.ts";
import { createKey, listKeys, type NewKeyOptions, revokeKey, rotateKey } from "./commands/keys.ts";
import { listenFault } from "./commands/listen-fault.ts";
import type { OutputOption } from "./commands/output.ts";
import { listProfiles, removeProfile, setProfile } from "./commands/profiles.ts";
import { results } from "./commands/results.ts";
import { serve } from "./commands/serve.ts";
import { createServiceClient, type ServiceClient } from "./commands/service-client.ts";
import { storesImport, storesImportAt } from "./commands/stores-import.ts";
import { lookUpStores } from "./commands/stores-lookup.ts";
import { SUBMIT_FORMATS, type SubmitOptions, submit } from "./commands/submit.ts";
import { printData, say, watchOutput } from "./commands/talk.ts";
import { watchJob } from "./commands/watch-job.ts";
import {
  addWebhook,
  DELIVERY_STATUSES,
  listDeliveries,
  listWebhooks,
  removeWebhook,
  replayDelivery,
  testWebhook,
  WEBHOOK_EVENTS,
} from "./commands/webhooks.ts";
import { ERROR_CODES } from "./domain/error-codes.ts";
import { INSPECTION_LEVELS } from "./domain/findings.ts";
import { INTEGRITY_LEVELS } from "./domain/image.ts";
import { SCOPES } from "./domain/scopes.ts";
import { isCalendarDate } from "./domain/visit-time.ts";
import { UNKNOWN_STORES } from "./intake/options.ts";
import { LedgerUnusable } from "./ledger/port/ledger-unusable.ts";
import { REPORT_FORMATS, type ReportFormat } from "./reports/report.ts";
import { ConfigError, flagOf, loadConfig, type Overrides, SETTINGS } from "./settings/config.ts";

function createProgram(exit: (code: ExitCode) => void): Command {
  const program = new Command("storewalk")
    .description(
      "Bulk engine for store-visit photos: nothing lost, nothing counted twice, every failure names its cause.",
    )
    .version(packageFile.version)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });

  withSettings(program.command("serve").description("run the service until a signal stops it")).action(
    async (flags: Overrides) => exit(await serve(loadConfig(flags))),
  );
  withSettings(
    program.command("demo").description("run the service with photos, stores and a sample job of its own"),
  ).action(async (flags: Overrides) => exit(await demo(loadConfig(flags))));
  withSettings(program.command("doctor").description("say what is wrong with the set-up")).action(
    async (flags: Overrides) => exit(await doctor(flags)),
  );
  const stores = program.command("stores").description("the store master");
  withSettings(stores.command("import").description("bring a store master (CSV) into the ledger").argument("<file>"))
    .option("--diff", "only show what would change", false)
    .option("--url <url>", "through the service there, not into this machine's ledger")
    .option("--profile <name>", "the same, of a service kept with: storewalk profiles set")
    .action(
      async (
        file: string,
        { diff, url, profile, ...flags }: Overrides & ServiceOption & { readonly diff: boolean },
      ) => {
        const isElsewhere = url !== undefined || profile !== undefined;
        exit(
          isElsewhere
            ? await storesImportAt(given({ url, profile }), file, { diff })
            : await storesImport(loadConfig(flags), file, { diff }),
        );
      },
    );
  withOutput(withService(stores.command("lookup").description("stores whose id or name has a text")))
    .argument("<text>")
    .option("--area <area>", "only of this area")
    .addOption(limitOption())
    .action(async (text: string, options) => exit(await lookUpStores(text, options)));

  withService(program.command("submit").description("submit a job: JSON, NDJSON or CSV; - reads standard input"))
    .argument("<file>")
    .addOption(
      new Option("--format <format>", "the file's format, when its ending does not tell").choices(SUBMIT_FORMATS),
    )
    .option("--photos <folder>", "send the folder's files too; file:NAME in place of a URL names one")
    .option("--external-id <id>", "the job's name of your own")
    .addOption(new Option("--metadata <key=value...>", "facts of your own, with the job").argParser(keyValue))
    .addOption(new Option("--priority <no>", "0 (last) to 9 (first)").argParser(wholeNumber))
    .addOption(
      new Option("--unknown-stores <what>", "their images fail, or the job is refused").choices(UNKNOWN_STORES),
    )
    .addOption(new Option("--integrity <proof>", "what an image must prove").choices(INTEGRITY_LEVELS))
    .addOption(new Option("--inspect <level>", "how far photos are inspected").choices(INSPECTION_LEVELS))
    .option("--callback-url <url>", "told of the job's end")
    .option("--dry-run", "only say what would become of it", false)
    .option("--watch", "follow the job to its end", false)
    .action(async (file: string, options: ServiceOption & SubmitOptions) =>
      exit(await submit(await clientOf(options), file, options)),
    );
  withService(program.command("watch").description("follow a job to its end"))
    .addArgument(jobArgument())
    .action(async (jobId: number, options: ServiceOption) => exit(await watchJob(await clientOf(options), jobId)));
  withService(program.command("status").description("print where a job stands, as JSON"))
    .addArgument(jobArgument())
    .action(async (jobId: number, options: ServiceOption) =>
      printData(JSON.stringify(await (await clientOf(options)).status(jobId))),
    );
  withService(program.command("results").description("print a job's results"))
    .addArgument(jobArgument())
    .option("--failed", "only images that failed", false)
    .addOption(new Option("--format <format>", "how to print them").choices(REPORT_FORMATS).default("ndjson"))
    .action(async (jobId: number, options: ServiceOption & { failed: boolean; format: ReportFormat }) =>
      exit(await results(await clientOf(options), jobId, options)),
    );
  addJobCommands(program, exit);
  addWebhookCommands(program, exit);
  addKeyCommands(program, exit);
  addProfileCommands(program, exit);
  program
    .command("completion")
    .description("print a script that completes commands in a shell")
    .addArgument(new Argument("<shell>").choices(SHELLS))
    .action((shell: Shell) => exit(completion(program, shell)));
  return program;
}

function addJobCommands(program: Command, exit: (code: ExitCode) => void): void {
  const jobs = program.command("jobs").description("lists of jobs, and what changes their course");
  const ofOne = (name: string, about: string) =>
    withOutput(withService(jobs.command(name).description(about))).addArgument(jobArgument());
  withOutput(withService(jobs.command("list").description("jobs, newest first")))
    .option("--status <statuses>", "one or more with commas: ongoing, paused, completed, failed, cancelled")
    .option("--store <id>", "with a visit of this store")
    .option("--area <area>", "with a visit of a store in this area")
    .option("--external-id <id>", "with this name of your own")
    .addOption(new Option("--from <date>", "submitted on this UTC day or later").argParser(calendarDate))
    .addOption(new Option("--to <date>", "submitted on this UTC day or earlier").argParser(calendarDate))
    .addOption(limitOption())
    .action(async (options) => exit(await listJobs(options)));
  ofOne("get", "where a job stands").action(async (jobId: number, options) => exit(await getJob(jobId, options)));
  withService(jobs.command("watch").description("follow a job to its end"))
    .addArgument(jobArgument())
    .action(async (jobId: number, options: ServiceOption) => exit(await watchJob(await clientOf(options), jobId)));
  for (const [verb, about] of [
    ["cancel", "end a job; what has a result keeps it"],
    ["pause", "hold a job back"],
    ["resume", "let a paused job go on"],
  ] as const) {
    ofOne(verb, about).action(async (jobId: number, options) => exit(await changeJob(verb, jobId, options)));
  }
  ofOne("retry", "run failed images of a job again")
    .requiredOption("--failed", "say that failed images are meant")
    .addOption(new Option("--code <code...>", "only those that failed so").choices(Object.keys(ERROR_CODES)))
    .option("--host <host>", "only those of this host")
    .option("--store <id>", "only those of this store")
    .action(async (jobId: number, options) => exit(await retryJob(jobId, options)));
  withService(jobs.command("export").description("a job's report as a file"))
    .addArgument(jobArgument())
    .option("--failed", "only images that failed", false)
    .addOption(new Option("--format <format>", "how to write it").choices(REPORT_FORMATS).default("csv"))
    .option("--output <file>", "where to; standard output if not given")
    .action(async (jobId: number, options) => exit(await exportJob(jobId, options)));

  const images = program.command("images").description("the images of a job");
  withOutput(withService(images.command("list").description("images with their results")))
    .addArgument(jobArgument())
    .addOption(new Option("--outcome <outcome>").choices(["pending", "measured", "failed"]))
    .addOption(new Option("--code <code>", "only those that failed so").choices(Object.keys(ERROR_CODES)))
    .option("--store <id>", "only of this store")
    .option("--host <host>", "only of this host")
    .addOption(new Option("--visit <no>", "only of this visit").argParser(wholeNumber))
    .addOption(limitOption())
    .action(async (jobId: number, options) => exit(await listImages(jobId, options)));
}

function addWebhookCommands(program: Command, exit: (code: ExitCode) => void): void {
  const webhooks = program.command("webhooks").description("who is told of the ends of jobs");
  const shown = (name: string, about: string) => withOutput(withService(webhooks.command(name).description(about)));
  shown("add", "register an endpoint; shows its secret")
    .argument("<url>")
    .addOption(new Option("--event <event...>", "only these events").choices(WEBHOOK_EVENTS))
    .action(async (url: string, options) => exit(await addWebhook(url, options)));
  shown("list", "endpoints").action(async (options) => exit(await listWebhooks(options)));
  shown("test", "send an endpoint a message to try it")
    .addArgument(idArgument("<webhook>"))
    .action(async (id: number, options) => exit(await testWebhook(id, options)));
  withService(webhooks.command("remove").description("remove an endpoint with its deliveries"))
    .addArgument(idArgument("<webhook>"))
    .action(async (id: number, options) => exit(await removeWebhook(id, options)));
  shown("deliveries", "what was told to whom, newest first")
    .addOption(new Option("--webhook <id>", "only to this endpoint").argParser(wholeNumber))
    .addOption(new Option("--job <id>", "only about this job").argParser(wholeNumber))
    .addOption(new Option("--status <status>").choices(DELIVERY_STATUSES))
    .addOption(limitOption())
    .action(async (options) => exit(await listDeliveries(options)));
  shown("replay", "tell it once more")
    .addArgument(idArgument("<delivery>"))
    .action(async (no: number, options) => exit(await replayDelivery(no, options)));
}

function addKeyCommands(program: Command, exit: (code: ExitCode) => void): void {
  const keys = program.command("keys").description("API keys: who may use the service");
  const ofLedger = (name: string, about: string) => withSettings(keys.command(name).description(about));
  ofLedger("create", "make a key and print it, this once")
    .option("--name <name>", "what it is for", "unnamed")
    .addOption(
      new Option("--scope <scope...>", "what it may do (else jobs:read jobs:write stores:read)").choices(SCOPES),
    )
    .addOption(new Option("--read-only", "it sees everything and changes nothing").default(false).conflicts("scope"))
    .option("--tenant <tenant>", "whose jobs it makes and sees (else default)")
    .addOption(new Option("--expires-days <days>", "it ends then").argParser(wholeNumber))
    .action(async (options: Overrides & NewKeyOptions) => exit(await createKey(loadConfig(options), options)));
  withOutput(ofLedger("list", "keys of all tenants, oldest first")).action(async (options: Overrides & OutputOption) =>
    exit(await listKeys(loadConfig(options), options)),
  );
  ofLedger("revoke", "end a key now")
    .argument("<key>", "its id")
    .action(async (id: string, flags: Overrides) => exit(await revokeKey(loadConfig(flags), id)));
  ofLedger("rotate", "make a key that takes another's place, and print it")
    .argument("<key>", "its id")
    .addOption(
      new Option("--overlap-hours <hours>", "for so long the key before works too").argParser(wholeNumber).default(24),
    )
    .action(async (id: string, options: Overrides & { readonly overlapHours: number }) =>
      exit(await rotateKey(loadConfig(options), id, options.overlapHours)),
    );
}

function addProfileCommands(program: Command, exit: (code: ExitCode) => void): void {
  const profiles = program.command("profiles").description("services that you work with, by name");
  profiles
    .command("set")
    .description("keep a service's address under a name")
    .argument("<name>")
    .argument("<url>")
    .option("--api-key <key>", "sent with each request")
    .action(async (name: string, url: string, options) => exit(await setProfile(name, url, options)));
  withOutput(profiles.command("list").description("what is kept")).action(async (options) =>
    exit(await listProfiles(options)),
  );
  profiles
    .command("remove")
    .description("forget one")
    .argument("<name>")
    .action(async (name: string) => exit(await removeProfile(name)));
}

const DEFAULT_LIMIT = 50;

function limitOption(): Option {
  return new Option("--limit <count>", "at most so many").argParser(wholeNumber).default(DEFAULT_LIMIT);
}

function withOutput(command: Command): Command {
  return command
    .addOption(new Option("--json", "print JSON").conflicts("ndjson"))
    .option("--ndjson", "print a JSON object a line");
}

function wholeNumber(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw new InvalidArgumentError("it must be a whole number.");
  return Number(value);
}

function calendarDate(value: string): string {
  if (!isCalendarDate(value)) throw new InvalidArgumentError("it must be a date such as 2026-01-05.");
  return value;
}

function keyValue(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("it must be KEY=VALUE.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

function idArgument(name: string): Argument {
  return new Argument(name, "its number").argParser(wholeNumber);
}

/** Every setting as a flag; the environment and the defaults stand behind them. */
function withSettings(command: Command): Command {
  for (const { name, fallback, about } of Object.values(SETTINGS)) {
    command.option(`${flagOf(name)} <value>`, `${about} (${name}${fallback === "" ? "" : `, else ${fallback}`})`);
  }
  return command;
}

function withService(command: Command): Command {
  return command
    .option("--url <url>", "where the service is (else STOREWALK_HOST and STOREWALK_PORT)")
    .option("--profile <name>", "a service kept with: storewalk profiles set");
}

async function clientOf(option: ServiceOption): Promise<ServiceClient> {
  return createServiceClient(await placeOf(option));
}

function jobArgument(): Argument {
  return new Argument("<job>", "the job's number").argParser((value) => {
    if (!/^[1-9]\d{0,15}$/.test(value) || !Number.isSafeInteger(Number(value)))
      throw new InvalidArgumentError("it must be the number of a job.");
    return Number(value);
  });
}

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
