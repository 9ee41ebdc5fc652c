/** `storewalk hosts …` as it is typed. */
import { type Command, InvalidArgumentError } from "commander";
import type { ServiceOption } from "../commands/connection.ts";
import type { AccessOptions } from "../commands/host-access.ts";
import type { OutputOption } from "../commands/output.ts";
import { type Exit, keyValue, withOutput, withService } from "./options.ts";

const load = () => import("../commands/hosts.ts");
const loadAccess = () => import("../commands/host-access.ts");

type Given = AccessOptions & ServiceOption & OutputOption;

export function addHostCommands(program: Command, exit: Exit): void {
  const hosts = program.command("hosts").description("hosts that images are fetched from");
  const shown = (name: string, about: string) => withOutput(withService(hosts.command(name).description(about)));
  shown("waiting", "hosts in trouble that images wait for").action(async (options) =>
    exit(await (await load()).listWaitingHosts(options)),
  );
  shown("give-up", "wait no longer for a host; its images of running jobs fail")
    .argument("<host>", "as failures name it: host or host:port")
    .action(async (host: string, options) => exit(await (await load()).giveUpHost(host, options)));
  withAccess(shown("add", "keep credentials for hosts or buckets that ask who is there"))
    .argument("<pattern>", "host, *.domain, host:port/path, s3://bucket, gs://bucket or az://container")
    .option("--tenant <tenant>", "for whom (else that of the key; another one with admin only)")
    .action(async (pattern: string, options: Given) => exit(await (await loadAccess()).addAccess(pattern, options)));
  shown("list", "credentials that are kept, without what is secret").action(async (options) =>
    exit(await (await loadAccess()).listAccess(options)),
  );
  withAccess(shown("rotate", "set what is secret anew, or change how it is sent"))
    .argument("<pattern>", "as it is listed, or its id")
    .action(async (named: string, options: Given) => exit(await (await loadAccess()).rotateAccess(named, options)));
  shown("remove", "forget credentials")
    .argument("<pattern>", "as it is listed, or its id")
    .action(async (named: string, options) => exit(await (await loadAccess()).removeAccess(named, options)));
  shown("test", "ask for one image as a job would, with what is kept for its host")
    .argument("<url>")
    .option("--tenant <tenant>", "for whom (else that of the key; another one with admin only)")
    .action(async (url: string, options) => exit(await (await loadAccess()).testAccess(url, options)));
}

function withAccess(command: Command): Command {
  return command
    .option("--header <NAME: VALUE>", "sent with each request; VALUE, @FILE, or @- for standard input", headerLine)
    .option("--query <NAME=VALUE>", "a parameter that is added to the URL; VALUE as above", keyValue)
    .option("--user-agent <text>", "in place of Storewalk's own: name yourself and where to complain")
    .option("--over-http", "credentials may go over http as well")
    .option("--no-over-http", "over https only, as is usual")
    .option("--access-key-id <id>", "of a bucket at s3:// or gs://")
    .option("--secret-access-key <value>", "VALUE, @FILE or @-")
    .option("--session-token <value>", "VALUE, @FILE or @-")
    .option("--endpoint <url>", "of a bucket service that is not the usual one")
    .option("--region <name>", "of the bucket")
    .option("--path-style", "the bucket stands in the path of the endpoint")
    .option("--requester-pays", "says to the bucket that you pay")
    .option("--account <name>", "of a container at az://")
    .option("--account-key <value>", "VALUE, @FILE or @-")
    .option("--sas <value>", "a shared access signature: VALUE, @FILE or @-");
}

function headerLine(line: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const at = line.indexOf(":");
  if (at < 1) throw new InvalidArgumentError('it must be "NAME: VALUE".');
  return { ...before, [line.slice(0, at).trim()]: line.slice(at + 1).trim() };
}
