import { settingsIn } from "./address-options.ts";

/** Where the database is, read from DATABASE_URL. The password leaves this module only toward the client library. */

export type DatabaseAddress = {
  /** For the client library, which knows more parameters of such a URL than this module. */
  readonly url: string;
  /** The address for people: host, port and database, without user and password. */
  readonly shown: string;
};

const WANTED = "must look like postgres://user:password@host:5432/database";
const USUAL_PORT = "5432";

/** Throws an error that never repeats the address: it holds a password. Node's own "Invalid URL" carries it as `input`. */
export function databaseAddressFromUrl(url: string): DatabaseAddress {
  const parsed = URL.parse(url);
  if (!parsed) throw new Error(`DATABASE_URL ${WANTED}, got something that is no URL`);
  const { protocol, hostname, port, pathname, searchParams } = parsed;
  if (protocol !== "postgres:" && protocol !== "postgresql:") {
    throw new Error(`DATABASE_URL ${WANTED}, got another scheme`);
  }
  // A password cut short by its own / ? or #: the host is no host, and the rest would be shown.
  if (`${pathname}${parsed.search}${parsed.hash}`.includes("@")) {
    throw new Error(
      `DATABASE_URL ${WANTED}, got an @ behind the host: in a password write / as %2F, ? as %3F, # as %23`,
    );
  }
  const database = decoded(pathname.slice(1), "database");
  if (database === "") throw new Error(`DATABASE_URL ${WANTED}, got no database`);
  decoded(parsed.username, "user");
  decoded(parsed.password, "password");
  const host = hostname || searchParams.get("host");
  if (!host) throw new Error(`DATABASE_URL ${WANTED}, got no host`);
  searchParams.getAll("options").forEach(settingsIn);
  return { url, shown: `database "${database}" at ${host}:${port || USUAL_PORT}` };
}

function decoded(part: string, name: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Error(`DATABASE_URL ${WANTED}, got a ${name} with a % that encodes nothing: write it as %25`);
  }
}
