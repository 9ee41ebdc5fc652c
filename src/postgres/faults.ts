/**
 * Tells apart what the client library throws: the server is away for now, two transactions got in each other's way, or a fault of ours.
 * Decided by SQLSTATE and by where an error comes from, never by its text.
 */
import { DatabaseError } from "pg";

const READ_ONLY = "25006";

/** Codes that the server itself sends for "not now", besides the whole classes below. */
const AWAY_CODES: ReadonlySet<string> = new Set([
  "57P01", // ended by an administrator, or the server stops
  "57P02", // another backend crashed
  "57P03", // starting up or shutting down
  "57P04", // the database was dropped
  "57P05", // idle for too long
  "57014", // statement_timeout
  "55P03", // lock_timeout
  "25P03", // idle_in_transaction_session_timeout
  "25P04", // transaction_timeout
  READ_ONLY, // a standby took the place of the primary
  "3D000", // the database was renamed or is being restored
  "58030", // the server's disk failed
]);
/** 08 connection, 28 who we are (a password that is being changed), 53 out of memory, disk or connections. */
const AWAY_CLASSES: ReadonlySet<string> = new Set(["08", "28", "53"]);
/** Serialization failure and deadlock: the server undid all of it, and the same transaction may succeed at once. */
const CONFLICT_CODES: ReadonlySet<string> = new Set(["40001", "40P01"]);

export function sqlStateOf(error: unknown): string | null {
  return error instanceof DatabaseError ? (error.code ?? null) : null;
}

/** `error` must come from a call of the client library: what the server did not send came from the connection or a time limit. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return true;
  const code = error.code ?? "";
  return AWAY_CODES.has(code) || AWAY_CLASSES.has(code.slice(0, 2));
}

/** A standby, or a primary that takes no writes: it answers reads all the same. */
export function isReadOnly(error: unknown): boolean {
  return sqlStateOf(error) === READ_ONLY;
}

export function isConflict(error: unknown): boolean {
  return CONFLICT_CODES.has(sqlStateOf(error) ?? "");
}

/** At the start: a database, user, password or right that is missing, and will be missing in a minute. */
export function isHopeless(error: unknown): boolean {
  const code = sqlStateOf(error);
  return code !== null && (!isAway(error) || code === "3D000" || code.startsWith("28"));
}

/** One line of an error, with its code when it has one. Neither the server nor Node repeats a password. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : null;
  if (code === null) return error.message;
  // A host with several addresses gives one error around others, and no message of its own.
  return error.message === "" ? code : error.message.includes(code) ? error.message : `${code}: ${error.message}`;
}
