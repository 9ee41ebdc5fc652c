/** What the system says of a file or folder that somebody named, as the end of a command: by its code, never by its message. */
import { whyUnwritable } from "../process/why-unwritable.ts";
import { CommandError, EXIT } from "./exit-codes.ts";

type Sentence = (path: string) => string;

const WHEN_READ: Readonly<Record<string, Sentence>> = {
  ENOENT: (path) => `there is no file ${path}`,
  ENOTDIR: (path) => `${path} cannot be there: a part of the path is a file, not a folder`,
  EISDIR: (path) => `${path} is a folder; name a file`,
  EACCES: (path) => `${path} may not be read by this user`,
  EPERM: (path) => `${path} may not be read by this user`,
  ELOOP: (path) => `${path} leads in a circle of links`,
  ENAMETOOLONG: (path) => `the name ${path.slice(0, 60)}… is too long for a file`,
  EMFILE: (path) =>
    `${path} cannot be opened: this process has as many open files as it may; raise its limit (ulimit -n)`,
  ENXIO: (path) => `${path} cannot be opened: nothing is behind it`,
  EIO: (path) => `${path} cannot be read: its disk reports an error`,
};

/** Reads something that is named at the command line. */
export async function reading<T>(path: string, work: () => Promise<T>): Promise<T> {
  return await work().catch((error: unknown) => {
    throw unreadable(error, path) ?? error;
  });
}

/** Writes something that is named at the command line. */
export async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  return await work().catch((error: unknown) => {
    const why = whyUnwritable(error);
    throw why === null
      ? error
      : new CommandError(EXIT.outputLost, `${path} cannot be written: ${why}`, { cause: error });
  });
}

/** For a file that no command thought of: a sentence where the system names one, nothing for any other error. */
export function fileFault(error: unknown): CommandError | null {
  if (!(error instanceof Error && "code" in error)) return null;
  // Of a folder that is read as a file the system forgets the name.
  const unnamed = error.code === "EISDIR" ? "what was named" : null;
  const path = "path" in error && typeof error.path === "string" ? error.path : unnamed;
  return path === null ? null : unreadable(error, path);
}

function unreadable(error: unknown, path: string): CommandError | null {
  if (!(error instanceof Error && "code" in error)) return null;
  const sentence = WHEN_READ[String(error.code)];
  return sentence ? new CommandError(EXIT.noInput, sentence(path), { cause: error }) : null;
}
