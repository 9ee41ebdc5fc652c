/** Why a file or folder cannot be written, by the system's code: half a sentence for people. Null for what is no fault of the file's. */

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such folder, and none can be made there",
  ENOTDIR: "a part of its path is a file, not a folder",
  EEXIST: "a file stands in its place",
  EISDIR: "it is a folder",
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "its disk can only be read",
  ENOSPC: "the disk is full",
  EDQUOT: "this user has no more room",
  EIO: "its disk reports an error",
};

export function whyUnwritable(error: unknown): string | null {
  return error instanceof Error && "code" in error ? (REASONS[String(error.code)] ?? null) : null;
}
