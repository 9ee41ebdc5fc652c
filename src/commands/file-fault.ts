/** What the system says of a file or folder that somebody named, as the end of a command: by its code, never by its message. */
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

const WHEN_WRITTEN: Readonly<Record<string, Sentence>> = {
  ENOENT: (path) => `${path} cannot be written: there is no such folder`,
  ENOTDIR: (path) => `${path} cannot be written: a part of the path is a file, not a folder`,
  EISDIR: (path) => `${path} is a folder; name a file in it`,
  EACCES: (path) => `${path} may not be written by this user`,
  EPERM: (path) => `${path} may not be written by this user`,
  EROFS: (path) => `${path} cannot be written: its disk can only be read`,
  ENOSPC: (path) => `${path} cannot be written to its end: the disk is full`,
  EDQUOT: (path) => `${path} cannot be written to its end: this user has no more room`,
};

/** Reads something that is named at the command line. */
export async function reading<T>(path: string, work: () => Promise<T>): Promise<T> {
  return await work().catch((error: unknown) => {
    throw sentenceOf(error, path, WHEN_READ, EXIT.noInput);
  });
}

/** Writes something that is named at the command line. */
export async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  return await work().catch((error: unknown) => {
    throw sentenceOf(error, path, WHEN_WRITTEN, EXIT.outputLost);
  });
}

/** For a file that no command thought of: a sentence where the system names one, nothing for any other error. */
export function fileFault(error: unknown): CommandError | null {
  if (!(error instanceof Error && "code" in error)) return null;
  // Of a folder that is read as a file the system forgets the name.
  const path =
    "path" in error && typeof error.path === "string" ? error.path : error.code === "EISDIR" ? "what was named" : null;
  if (path === null) return null;
  const known = sentenceOf(error, path, WHEN_READ, EXIT.noInput);
  return known instanceof CommandError ? known : null;
}

function sentenceOf(
  error: unknown,
  path: string,
  sentences: Readonly<Record<string, Sentence>>,
  exitCode: CommandError["exitCode"],
): unknown {
  if (!(error instanceof Error && "code" in error)) return error;
  const sentence = sentences[String(error.code)];
  return sentence ? new CommandError(exitCode, sentence(path), { cause: error }) : error;
}
