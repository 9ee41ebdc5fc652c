/** `storewalk hosts …`: hosts in trouble that images wait for, and the decision to wait no longer. */
import { type ServiceOption, withClient } from "./connection.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { type Column, type OutputOption, printOne, printRows } from "./output.ts";

type Output = ServiceOption & OutputOption;

const WAITING: readonly Column[] = [
  ["host"],
  ["images_waiting", "images"],
  ["at_once", "at once"],
  ["per_second", "a second"],
  ["refusals"],
  ["waits_until", "waits until"],
  ["given_up", "given up"],
  ["last_failure", "last failure"],
];

export async function listWaitingHosts(options: Output): Promise<ExitCode> {
  await withClient(
    options,
    async (client) => await printRows(await client.hosts.waiting(), WAITING, options, "No image waits for a host."),
  );
  return EXIT.ok;
}

export async function giveUpHost(host: string, options: Output): Promise<ExitCode> {
  await withClient(options, async (client) =>
    printOne(await client.hosts.giveUp(host), [["host"], ["jobs"], ["detail"]], options),
  );
  return EXIT.ok;
}
