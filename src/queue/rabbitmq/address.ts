/** Where the broker is and who we are there, read from AMQP_URL. The password leaves this module only toward the client library. */

export type AmqpAddress = {
  readonly hostname: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly vhost: string;
  readonly tls: boolean;
  /** The address for people: without user and password. */
  readonly shown: string;
};

const PORTS: Readonly<Record<string, number>> = { "amqp:": 5672, "amqps:": 5671 };
const WANTED = "must look like amqp://user:password@host:5672/vhost (or amqps://)";

/** Throws an error that never repeats the address: it holds a password. Node's own "Invalid URL" carries it as `input`. */
export function addressFromUrl(url: string): AmqpAddress {
  const parsed = URL.parse(url);
  if (!parsed) throw new Error(`AMQP_URL ${WANTED}, got something that is no URL`);
  const { protocol, hostname, pathname } = parsed;
  const usualPort = PORTS[protocol];
  if (usualPort === undefined) throw new Error(`AMQP_URL ${WANTED}, got another scheme`);
  if (hostname === "") throw new Error(`AMQP_URL ${WANTED}, got no host`);
  // A password cut short by its own / ? or #: the host is no host, and the rest would be shown.
  if (`${pathname}${parsed.search}${parsed.hash}`.includes("@")) {
    throw new Error(`AMQP_URL ${WANTED}, got an @ behind the host: in a password write / as %2F, ? as %3F, # as %23`);
  }
  const vhost = decoded(pathname.slice(1), "virtual host");
  if (pathname.slice(1).includes("/")) {
    throw new Error(`AMQP_URL ${WANTED}, got a virtual host with a slash in it: write it as %2F`);
  }
  const port = parsed.port === "" ? usualPort : Number(parsed.port);
  return {
    hostname: hostname.replace(/^\[(.*)\]$/, "$1"),
    port,
    // RabbitMQ's own defaults; it lets this user in from its own machine only.
    username: decoded(parsed.username, "user") || "guest",
    password: decoded(parsed.password, "password") || "guest",
    vhost: vhost || "/",
    tls: protocol === "amqps:",
    shown: `${protocol}//${hostname}:${port}${pathname}`,
  };
}

function decoded(part: string, name: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Error(`AMQP_URL ${WANTED}, got a ${name} with a % that encodes nothing: write it as %25`);
  }
}
