/** The log: one JSON line a fact, ids as fields. Never a body, a secret or a query string. */
import { type Logger, pino } from "pino";

export type Log = Logger;

export function createLog(level: string): Log {
  // Standard error: standard output belongs to data.
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: true }));
}
