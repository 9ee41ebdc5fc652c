#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
/** argv → command → exit code. */
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import packageFile from "../package.json" with { type: "json" };
import { demo } from "./commands/demo.ts";
import { doctor } from "./commands/doctor.ts";
import { CommandError, EXIT, type ExitCode } from "./commands/exit-codes.ts";
import { listenFault } from "./commands/listen-fault.ts";
import { results } from "./commands/results.ts";
import { serve } from "./commands/serve.ts";
import { createServiceClient, type ServiceClient } from "./commands/service-client.ts";
import { storesImport } from "./commands/stores-import.ts";
import { SUBMIT_FORMATS, submit } from "./commands/submit.ts";
import { printData, say, watchOutput } from "./commands/talk.ts";
import { watchJob } from "./commands/watch-job.ts";
import { ConfigError, flagOf, loadConfig, type Overrides, SETTINGS } from "./config.ts";
import { LedgerUnusable } from "./ledger/ledger-unusable.ts";
import { REPORT_FORMATS, type ReportFormat } from "./reports/report.ts";

type ServiceOption = { readonly url?: string };

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
  withSettings(
    stores.command("import").description("bring a store master (CSV) into the ledger").argument("<file>"),
  ).action(async (file: string, flags: Overrides) => exit(await storesImport(loadConfig(flags), file)));

  withService(program.command("submit").description("submit a job: JSON, NDJSON or CSV; - reads standard input"))
    .argument("<file>")
    .addOption(
      new Option("--format <format>", "the file's format, when its ending does not tell").choices(SUBMIT_FORMATS),
    )
    .option("--watch", "follow the job to its end", false)
    .action(
      async (file: string, options: ServiceOption & { watch: boolean; format?: (typeof SUBMIT_FORMATS)[number] }) =>
        exit(await submit(clientOf(options), file, { watch: options.watch, format: options.format })),
    );
  withService(program.command("watch").description("follow a job to its end"))
    .addArgument(jobArgument())
    .action(async (jobId: number, options: ServiceOption) => exit(await watchJob(clientOf(options), jobId)));
  withService(program.command("status").description("print where a job stands, as JSON"))
    .addArgument(jobArgument())
    .action(async (jobId: number, options: ServiceOption) =>
      printData(JSON.stringify(await clientOf(options).status(jobId))),
    );
  withService(program.command("results").description("print a job's results"))
    .addArgument(jobArgument())
    .option("--failed", "only images that failed", false)
    .addOption(new Option("--format <format>", "how to print them").choices(REPORT_FORMATS).default("ndjson"))
    .action(async (jobId: number, options: ServiceOption & { failed: boolean; format: ReportFormat }) =>
      exit(await results(clientOf(options), jobId, options)),
    );
  return program;
}

/** Every setting as a flag; the environment and the defaults stand behind them. */
function withSettings(command: Command): Command {
  for (const { name, fallback, about } of Object.values(SETTINGS)) {
    command.option(`${flagOf(name)} <value>`, `${about} (${name}${fallback === "" ? "" : `, else ${fallback}`})`);
  }
  return command;
}

function withService(command: Command): Command {
  return command.option("--url <url>", "where the service is (else STOREWALK_HOST and STOREWALK_PORT)");
}

function clientOf({ url }: ServiceOption): ServiceClient {
  if (url !== undefined && !URL.canParse(url))
    throw new CommandError(EXIT.usage, `--url must be an address such as http://127.0.0.1:8080, got "${url}"`);
  const { host, port } = loadConfig();
  return createServiceClient(url ?? `http://${host}:${port}`);
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
process.exitCode = await main(process.argv);
