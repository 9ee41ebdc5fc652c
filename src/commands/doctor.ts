/** `storewalk doctor`: looks at the set-up and says what is wrong with it and what to do. Changes nothing but a data folder it has to make. */

import { once } from "node:events";
import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { createServer } from "node:net";
import { Storewalk } from "../../sdk/src/client.ts";
import { ledgerPath } from "../app/adapters.ts";
import { counted } from "../domain/counted.ts";
import { LedgerUnusable } from "../ledger/port/ledger-unusable.ts";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { makeFolder } from "../ledger/sqlite/folder-lock.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { whyUnwritable } from "../process/why-unwritable.ts";
import {
  type Config,
  ConfigError,
  commandLine,
  isLoopback,
  loadConfig,
  type Overrides,
  SETTINGS,
  unknownSettings,
} from "../settings/config.ts";
import { checkAccess } from "./doctor-access.ts";
import { checkPostgres, checkRabbitmq } from "./doctor-fleet.ts";
import { checkUploads } from "./doctor-uploads.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { type Finding, fine, note, wrong } from "./finding.ts";
import { listenFault } from "./listen-fault.ts";
import { type OutputOption, printRows } from "./output.ts";
import { printData } from "./talk.ts";

/** Below this much free space a large job may not fit: a million results take some 300 MB. */
const LEAST_FREE_BYTES = 2 ** 30;

const MARK = { fine: "✓", note: "!", wrong: "✗" } as const;

export async function doctor({
  json = false,
  ndjson = false,
  ...overrides
}: Overrides & OutputOption): Promise<ExitCode> {
  const findings = [checkNode(), ...(await checkSetUp(overrides))];
  if (json || ndjson) await printRows(findings, [], { json, ndjson }, "");
  else for (const { state, text } of findings) printData(`${MARK[state]} ${text}`);
  return findings.some(({ state }) => state === "wrong") ? EXIT.badConfig : EXIT.ok;
}

async function checkSetUp(overrides: Overrides): Promise<readonly Finding[]> {
  const notes = unknownSettings().map((name) => note(`${name} is no setting of Storewalk and is ignored`));
  try {
    const config = loadConfig(overrides);
    return [
      fine("the settings can be used"),
      ...notes,
      ...(await checkEngines(config)),
      ...(await checkUploads(config)),
      checkContact(config),
      await checkPort(config),
    ];
  } catch (error) {
    if (error instanceof ConfigError) return [...error.faults.map(wrong), ...notes];
    throw error;
  }
}

async function checkEngines(config: Config): Promise<readonly Finding[]> {
  const { databaseUrl, amqpUrl, queueName } = config;
  if (databaseUrl !== null) {
    const queue = amqpUrl === null ? [] : [await checkRabbitmq(amqpUrl, queueName)];
    return [...(await checkPostgres(databaseUrl, config)), ...queue];
  }
  const folder = checkFolder(config);
  const isUsable = folder.every(({ state }) => state !== "wrong");
  return isUsable ? [...folder, ...(await checkLedger(config))] : folder;
}

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 24 || (major === 24 && minor >= 17)) return fine(`Node.js ${process.versions.node}`);
  return wrong(
    `Node.js must be 24.17 or newer, this is ${process.versions.node}; "npm ci" brings the right one for "npm start"`,
  );
}

function checkFolder({ dataDir }: Config): readonly Finding[] {
  try {
    makeFolder(dataDir);
    accessSync(dataDir, constants.W_OK);
  } catch (error) {
    if (error instanceof LedgerUnusable) return [wrong(error.message)];
    const why = whyUnwritable(error) ?? (error instanceof Error ? error.message : error);
    return [wrong(`the data folder ${dataDir} cannot be written: ${why}`)];
  }
  const { bavail, bsize } = statfsSync(dataDir);
  const gigabytes = `${((bavail * bsize) / 2 ** 30).toFixed(1)} GB free`;
  if (bavail * bsize < LEAST_FREE_BYTES)
    return [wrong(`the data folder ${dataDir} has only ${gigabytes}; a million images need about 1 GB`)];
  return [fine(`the data folder ${dataDir} can be written, ${gigabytes}`)];
}

async function checkLedger(config: Config): Promise<readonly Finding[]> {
  const { dataDir, storeMaster } = config;
  const path = ledgerPath(dataDir);
  if (!existsSync(path)) return [note(`there is no ledger yet; ${commandLine("serve")} makes ${path}`)];
  try {
    const ledger = createSqliteLedger({ db: openDatabase(path, "read"), now: Date.now });
    const stores = await ledger.countStores();
    const unfinished = await ledger.readUnfinished();
    const keys = checkKeys(config, await ledger.hasKeys());
    const access = checkAccess(await ledger.listAccess(null), config);
    await ledger.close();
    const storesFinding =
      stores > 0
        ? fine(`the store master has ${counted(stores, "store")}`)
        : storeMaster !== ""
          ? note(`the store master is empty; ${storeMaster} is imported at start`)
          : wrong(
              `the store master is empty, so every image fails as unknown_store: ${commandLine("stores import FILE")}`,
            );
    return [
      fine(`the ledger ${path} can be read, ${counted(unfinished.length, "job")} unfinished`),
      storesFinding,
      keys,
      ...access,
    ];
  } catch (error) {
    return [wrong(`the ledger ${path} cannot be read: ${error instanceof Error ? error.message : error}`)];
  }
}

function checkContact({ contact }: Config): Finding {
  if (contact !== null) return fine(`hosts are told that ${contact} answers for us`);
  const { name } = SETTINGS.contact;
  return note(`${name} is not set: hosts cannot tell whom to write to when something bothers them`);
}

async function checkPort({ host, port }: Config): Promise<Finding> {
  const probe = createServer();
  try {
    probe.listen(port, host);
    await once(probe, "listening");
    return fine(`${host}:${port} is free`);
  } catch (error) {
    const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    if (!isTaken) return wrong(listenFault(error, `${host}:${port}`) ?? `the service cannot listen: ${error}`);
    return (await isStorewalk(`http://${host}:${port}`))
      ? fine(`a Storewalk service is running at ${host}:${port}`)
      : wrong(`another program listens on ${host}:${port}; stop it, or choose another --port`);
  } finally {
    probe.close();
  }
}

/** Storewalk tells everybody whether it asks for keys; anything else does not. */
async function isStorewalk(baseUrl: string): Promise<boolean> {
  return await new Storewalk({ baseUrl, maxRetries: 0 }).session().then(
    (answer) => typeof answer === "object" && answer !== null && "keys_needed" in answer,
    () => false,
  );
}

function checkKeys({ auth, host }: Config, hasKeys: boolean): Finding {
  if (auth === "off")
    return isLoopback(host)
      ? note("API keys are switched off")
      : note(`API keys are switched off: whoever reaches ${host} may do everything`);
  if (hasKeys) return fine("API keys are asked for");
  if (isLoopback(host))
    return note(`there are no API keys, this machine only is answered: ${commandLine("keys create")}`);
  return wrong(`${host} is open to other machines and there is no API key: ${commandLine("keys create")}`);
}
