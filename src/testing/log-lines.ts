/** The log as a test sees it: its lines as objects, those still to come included. */
import { EventEmitter, once } from "node:events";
import type { DestinationStream } from "pino";

export type LogLine = Readonly<Record<string, unknown>>;

export type LogLines = {
  readonly destination: DestinationStream;
  readonly lines: readonly LogLine[];
  /** The first line that matches, when it comes. */
  find(matches: (line: LogLine) => boolean): Promise<LogLine>;
};

export function createLogLines(): LogLines {
  const lines: LogLine[] = [];
  const written = new EventEmitter();
  return {
    lines,
    destination: {
      write(text) {
        lines.push(JSON.parse(text));
        written.emit("line");
      },
    },
    async find(matches) {
      for (;;) {
        const found = lines.find(matches);
        if (found) return found;
        await once(written, "line");
      }
    },
  };
}
