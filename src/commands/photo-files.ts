/** The files of a folder as photos for a submission, named by their paths in it. Nothing is read before it is sent. */
import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { CommandError, EXIT } from "./exit-codes.ts";
import { openBlob } from "./open-input.ts";
import type { Photo } from "./service-client.ts";

/** Hidden files are left out: systems put theirs among a camera's. */
export async function photosIn(folder: string): Promise<readonly Photo[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new CommandError(EXIT.noInput, faultOf(folder, cause), { cause });
  });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const names = paths.map((path) => ({ path, name: relative(folder, path).replaceAll(sep, "/") }));
  const shown = names.filter(({ name }) => !/(?:^|\/)\./.test(name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return await Promise.all(shown.map(async ({ path, name }) => ({ name, content: await openBlob(path) })));
}

function faultOf(folder: string, cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : null;
  if (code === "ENOENT") return `there is no folder ${folder}`;
  if (code === "ENOTDIR") return `${folder} is a file; --photos takes a folder`;
  return `the folder ${folder} may not be read by this user`;
}
