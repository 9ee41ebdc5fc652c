/** Finds the services that tests need but cannot bring along. What is missing is said once, loudly, and with REQUIRE_SERVICES=1 it fails. */
import { accessSync, constants, existsSync } from "node:fs";
import { connect } from "node:net";

// biome-ignore lint/style/noProcessEnv: tests have no config; these three names are all they read.
const environment = process.env;

export type TestService = {
  readonly url: string;
  /** For the `skip` option of `describe`: false when the service is there. */
  readonly skip: string | false;
};

export const RABBITMQ = {
  name: "RabbitMQ",
  setting: "AMQP_URL",
  fallback: "amqp://guest:guest@127.0.0.1:5672",
  port: 5672,
  get: "apt-get install rabbitmq-server",
} as const;

export const POSTGRESQL = {
  name: "PostgreSQL",
  setting: "DATABASE_URL",
  fallback: "postgres://postgres@127.0.0.1:5432/postgres",
  port: 5432,
  get: "apt-get install postgresql",
} as const;

/** The service at the address of its setting or at its usual one. Looks whether somebody listens there, no further: the tests do. */
export async function findService(service: typeof RABBITMQ | typeof POSTGRESQL): Promise<TestService> {
  const url = environment[service.setting] || service.fallback;
  const { hostname, port } = new URL(url);
  const at = `${hostname}:${port || service.port}`;
  if (await answers(hostname, Number(port || service.port))) return { url, skip: false };
  return { url, skip: missing(`no ${service.name} at ${at}; ${service.get}, or set ${service.setting}`) };
}

const HEADLESS = "/usr/bin/chromium-headless-shell";

/**
 * The browser for tests of the dashboard, and how long it may take to show something on a machine that is busy. The one without a window takes a
 * third of the other's processor time.
 */
export const CHROMIUM = {
  path: existsSync(HEADLESS) ? HEADLESS : "/usr/bin/chromium",
  get: "apt-get install chromium-headless-shell, or chromium",
  patienceMs: 300_000,
} as const;

/** A program for tests that run a server of their own. `skip` as with a service. */
export function findProgram(path: string, get: string): { readonly skip: string | false } {
  try {
    accessSync(path, constants.X_OK);
    return { skip: false };
  } catch {
    return { skip: missing(`no program ${path}; ${get}`) };
  }
}

/** For a program that another one runs. */
export function needsFile(path: string, get: string): string | false {
  return existsSync(path) ? false : missing(`no ${path}; ${get}`);
}

/** For what is neither a service nor a program. `what` names it and says how to get it. */
export function needs(isThere: boolean, what: string): { readonly skip: string | false } {
  return { skip: isThere ? false : missing(what) };
}

/** Says it once, loudly; throws where everything must be there. */
export function missing(what: string): string {
  if (environment.REQUIRE_SERVICES === "1") throw new Error(`REQUIRE_SERVICES=1, but there is ${what}`);
  process.stderr.write(`SKIPPED: ${what}\n`);
  return what;
}

function answers(hostname: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[(.*)\]$/, "$1"), port, timeout: 30_000 });
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", end(true)).once("error", end(false)).once("timeout", end(false));
  });
}
