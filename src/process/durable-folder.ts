/** Folders that are still there after a power cut: a name is sure only once the folder that holds it was synced. */
import { closeSync, fsyncSync, mkdirSync, openSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** Makes what is missing of the path, durably. Throws when a part of it is no folder or cannot be made. */
export function makeDurableFolder(path: string): void {
  makeEach(resolve(path));
}

/** Not Node's recursive mkdir: that one tries for ever where the kernel denies a folder with "no such file", as it does in /proc. */
function makeEach(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  if (found) throw new Error(`${path} is not a folder`);
  makeEach(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have made it in the meantime.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
  const parent = openSync(dirname(path), "r");
  try {
    fsyncSync(parent);
  } finally {
    closeSync(parent);
  }
}

/** Makes the names in a folder sure. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
