/** The log: one JSON line a fact, ids as fields. Never a body, a secret or a query string: URLs within faults of others are masked in the written line. */
import { type DestinationStream, type Logger, pino } from "pino";
import { maskUrls } from "./mask-query.ts";

export type Log = Logger;

/** Writes to standard error unless told otherwise: standard output belongs to data. */
export function createLog(
  level: string,
  destination: DestinationStream = pino.destination({ fd: 2, sync: true }),
): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      // A fault's cause beside it, not behind its sentence, which often names it already.
      serializers: { err: pino.stdSerializers.errWithCause },
      hooks: { streamWrite: maskUrls },
    },
    destination,
  );
}
