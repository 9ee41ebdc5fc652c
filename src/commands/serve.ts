/** `storewalk serve`: the service in the foreground until a signal ends it calmly. */
import { startApp } from "../app/app.ts";
import { whileStarting } from "../app/while-starting.ts";
import type { StoreLedger } from "../ledger/port/store-ledger.ts";
import { createLog, type Log } from "../process/log.ts";
import { type Config, unknownSettings } from "../settings/config.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { importFile } from "./stores-import.ts";
import { printData, say } from "./talk.ts";
import { sayWhoIsAnswered } from "./who-is-answered.ts";

export async function serve(config: Config): Promise<ExitCode> {
  const log = createLog(config.logLevel);
  for (const name of unknownSettings()) log.warn({ name }, "no setting of Storewalk has this name; it is ignored");
  const app = await startApp(config, log, { prepare: (ledger) => prepareStores(ledger, config, log) });
  // Whatever ends the service: parts left running would keep the process alive.
  try {
    printData(`storewalk is ready at ${app.address}`);
    sayWhoIsAnswered(config, await whileStarting(() => app.ledger.hasKeys()));
    await untilSignal();
    say("Stopping: running images finish, the rest is handed back …");
  } finally {
    await app.stop();
  }
  return EXIT.ok;
}

/** Imports the configured store master into a ledger that has no stores; says so when there is none at all. */
export async function prepareStores(ledger: StoreLedger, config: Config, log: Log): Promise<void> {
  if ((await ledger.countStores()) > 0) return;
  if (config.storeMaster === "") {
    log.warn("the store master is empty, so every image will fail as unknown_store: storewalk stores import FILE");
    return;
  }
  await importFile(ledger, config.storeMaster);
}

/** npm passes a Ctrl-C on that the terminal has sent already; a person who means it presses again after that. */
const SAME_PRESS_MS = 1_000;

/** Resolves at the first SIGTERM or SIGINT; a later one ends the process at once, which the ledger survives. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | null = null;
    const onSignal = () => {
      if (firstAt !== null && Date.now() - firstAt > SAME_PRESS_MS) process.exit(EXIT.interrupted);
      firstAt ??= Date.now();
      resolve();
    };
    process.on("SIGTERM", onSignal);
    process.on("SIGINT", onSignal);
  });
}
