/**
 * `storewalk hosts add`, `list`, `rotate`, `remove`, `test`: what is sent to hosts that ask who is there. A secret may come from a file or from standard
 * input, so that it stands in no history of commands; none is ever printed.
 */
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { type HostAccess, type HostAccessChange, type Storewalk, StorewalkError } from "../../sdk/src/client.ts";
import { readPattern } from "../domain/host-pattern.ts";
import { commandLine } from "../settings/config.ts";
import { type ServiceOption, withClient } from "./connection.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { reading } from "./file-fault.ts";
import { given } from "./jobs.ts";
import { type Column, type OutputOption, printDone, printOne, printRows } from "./output.ts";
import { say } from "./talk.ts";

type Output = ServiceOption & OutputOption;
type Named = Readonly<Record<string, string>>;

export type AccessOptions = {
  readonly header?: Named;
  readonly query?: Named;
  readonly userAgent?: string;
  readonly overHttp?: boolean;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
  readonly endpoint?: string;
  readonly region?: string;
  readonly pathStyle?: boolean;
  readonly requesterPays?: boolean;
  readonly account?: string;
  readonly accountKey?: string;
  readonly sas?: string;
};

const ACCESS: readonly Column[] = [
  ["pattern"],
  ["sends"],
  ["over_http", "over http"],
  ["rotated_at", "secret set"],
  ["problem"],
  ["tenant"],
  ["id"],
];
const TRIED: readonly Column[] = [
  ["pattern"],
  ["sends"],
  ["outcome"],
  ["format"],
  ["width"],
  ["height"],
  ["code"],
  ["detail"],
];

export async function addAccess(
  pattern: string,
  options: AccessOptions & Output & { readonly tenant?: string },
): Promise<ExitCode> {
  const change = await changeFrom(options, kindOf(pattern), null);
  if (Object.keys(change).length === 0) throw new CommandError(EXIT.usage, "say what is to be sent, such as --header");
  const wish = { pattern, ...given({ tenant: options.tenant }), ...change };
  await withClient(options, async (client) => {
    const added = await client.hosts.access.add(wish).catch((error: unknown) => {
      throw error instanceof StorewalkError && error.code === "host_access_exists"
        ? existsAlready(pattern, error)
        : error;
    });
    printOne(rowOf(added), ACCESS, options);
  });
  say("What is secret of it is shown by nothing again.");
  return EXIT.ok;
}

export async function listAccess(options: Output): Promise<ExitCode> {
  await withClient(options, async (client) =>
    printRows((await client.hosts.access.list()).map(rowOf), ACCESS, options, "No credentials are kept."),
  );
  return EXIT.ok;
}

export async function rotateAccess(named: string, options: AccessOptions & Output): Promise<ExitCode> {
  await withClient(options, async (client) => {
    const before = await accessNamed(client, named);
    const change = await changeFrom(options, before.kind, before);
    if (Object.keys(change).length === 0) throw new CommandError(EXIT.usage, "say what is to change, such as --header");
    printOne(rowOf(await client.hosts.access.change(before.id, change)), ACCESS, options);
  });
  return EXIT.ok;
}

export async function removeAccess(named: string, options: Output): Promise<ExitCode> {
  await withClient(options, async (client) => {
    const { id, pattern } = await accessNamed(client, named);
    await client.hosts.access.remove(id);
    printDone(
      { id, pattern, removed: true },
      `Credentials for ${pattern} are forgotten; running jobs notice within seconds.`,
      options,
    );
  });
  return EXIT.ok;
}

/** Ends with 1 when the image cannot be had. */
export async function testAccess(url: string, options: Output & { readonly tenant?: string }): Promise<ExitCode> {
  const tried = await withClient(options, (client) => client.hosts.access.test(url, options.tenant));
  printOne(tried, TRIED, options);
  return tried.outcome === "measured" ? EXIT.ok : EXIT.imagesFailed;
}

function existsAlready(pattern: string, cause: StorewalkError): CommandError {
  const [change, remove] = ["rotate", "remove"].map((verb) => commandLine(`hosts ${verb} '${pattern}'`));
  const advice = `\n  To change them: ${change}, with the flags of add; to forget them: ${remove}`;
  return new CommandError(EXIT.badData, `there are credentials for ${pattern} already`, { cause, advice });
}

function kindOf(pattern: string): HostAccess["kind"] {
  const read = readPattern(pattern);
  // What is no pattern is the service's to refuse.
  return read.kind === "pattern" ? read.pattern.kind : "web";
}

/** By its pattern, however it is written, or by its id. */
async function accessNamed(client: Storewalk, named: string): Promise<HostAccess> {
  const read = readPattern(named);
  const pattern = read.kind === "pattern" ? read.text : named;
  const found = (await client.hosts.access.list()).filter((row) => row.id === named || row.pattern === pattern);
  const [first] = found;
  if (first === undefined)
    throw new CommandError(EXIT.badData, `there are no credentials for ${JSON.stringify(named)}`);
  if (found.length === 1) return first;
  throw new CommandError(EXIT.usage, `several tenants have credentials for ${pattern}; name them by id`);
}

/** `before` is what stays where nothing is said; null for new credentials. */
async function changeFrom(
  options: AccessOptions,
  kind: HostAccess["kind"],
  before: HostAccess | null,
): Promise<HostAccessChange> {
  const bucket = await bucketFrom(options, kind, before);
  return given({
    ...bucket,
    headers: options.header && (await secretsIn(options.header)),
    query: options.query && (await secretsIn(options.query)),
    user_agent: options.userAgent === "" ? null : options.userAgent,
    ...(kind === "web" ? { over_http: options.overHttp } : {}),
  });
}

async function bucketFrom(
  options: AccessOptions,
  kind: HostAccess["kind"],
  before: HostAccess | null,
): Promise<Pick<HostAccessChange, "s3" | "azure">> {
  const { endpoint, overHttp } = options;
  const shared = { over_http: overHttp ?? before?.over_http };
  if (kind === "s3") {
    const known = before?.s3;
    return {
      s3: {
        access_key_id: options.accessKeyId ?? known?.access_key_id ?? missing("--access-key-id"),
        secret_access_key: await secretOf(options.secretAccessKey ?? missing("--secret-access-key")),
        ...given({
          session_token: options.sessionToken === undefined ? undefined : await secretOf(options.sessionToken),
          endpoint: endpoint ?? known?.endpoint ?? undefined,
          region: options.region ?? known?.region ?? undefined,
          path_style: options.pathStyle ?? known?.path_style ?? undefined,
          requester_pays: options.requesterPays ?? known?.requester_pays,
          ...shared,
        }),
      },
    };
  }
  if (kind === "web") return {};
  const { accountKey, sas } = options;
  if (accountKey === undefined && sas === undefined) missing("--account-key or --sas");
  return {
    azure: {
      account: options.account ?? before?.azure?.account ?? missing("--account"),
      ...given({
        account_key: accountKey === undefined ? undefined : await secretOf(accountKey),
        sas: sas === undefined ? undefined : await secretOf(sas),
        endpoint: endpoint ?? before?.azure?.endpoint ?? undefined,
        ...shared,
      }),
    },
  };
}

function missing(flag: string): never {
  throw new CommandError(EXIT.usage, `${flag} must be given for a pattern of this kind`);
}

async function secretsIn(named: Named): Promise<Named> {
  const read: [string, string][] = [];
  for (const [name, value] of Object.entries(named)) read.push([name, await secretOf(value)]);
  return Object.fromEntries(read);
}

/** `@FILE` is what stands in the file, `@-` what comes over standard input; one line end behind it is left out. */
async function secretOf(value: string): Promise<string> {
  if (!value.startsWith("@")) return value;
  const file = value.slice(1);
  const content = file === "-" ? await text(process.stdin) : await reading(file, () => readFile(file, "utf8"));
  return content.replace(/\r?\n$/, "");
}

/** What people look for first: what is sent. */
function rowOf(access: HostAccess) {
  const { headers, query, user_agent, s3, azure } = access;
  const sends = [
    ...headers,
    ...query.map((name) => `?${name}`),
    ...(user_agent === null ? [] : [`User-Agent ${user_agent}`]),
    ...(s3 === null ? [] : [`key ${s3.access_key_id}`]),
    ...(azure === null ? [] : [`${azure.by} of ${azure.account}`]),
  ];
  return { ...access, sends: sends.join(", ") };
}
