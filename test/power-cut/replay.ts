/**
 * Plays the calls of a log on a model of the disk and stops at cuts. Follows everything below one folder; what the process wrote to its file of
 * acknowledgements comes out beside it, so that each one stands among the calls at the moment at which it was given.
 */
import { createDisk, type Disk, type Node } from "./disk.ts";
import type { FileCall } from "./strace-log.ts";

type Opened = { readonly node: Node; position: number | "end" };

export type Replay = {
  readonly disk: Disk;
  /** Plays the calls before `time`, from where it stands. */
  playTo(time: number): void;
};

/** SQLite's index of the WAL: shared memory that is made anew from the WAL after every crash. */
export const isSharedMemory = (name: string) => name.endsWith("-shm");

/** Files by their path below the folder. */
export type Contents = ReadonlyMap<string, Buffer>;

export function createReplay(deps: {
  readonly calls: readonly FileCall[];
  readonly folder: string;
  /** What was in the folder before the first call, safely. */
  readonly start?: Contents;
  /** Makes a sync do nothing, as if the program had forgotten it. Gets the path below the folder. */
  readonly skips?: (path: string) => boolean;
}): Replay {
  const { calls, folder, start = new Map(), skips = () => false } = deps;
  const disk = createDisk();
  const open = new Map<number, Opened>();
  const paths = new Map<Node, string>([[disk.root, "."]]);
  let time = 0;

  const below = (path: string) => (path === folder ? [] : path.slice(folder.length + 1).split("/"));
  const isBelow = (path: string) => path === folder || path.startsWith(`${folder}/`);

  function notePath(names: readonly string[]): void {
    const node = disk.find(names);
    if (node) paths.set(node, names.join("/"));
  }

  for (const [path, bytes] of start) {
    const names = path.split("/");
    disk.begin(names, bytes);
    for (const depth of names.keys()) notePath(names.slice(0, depth + 1));
  }

  function openFile({ fd, path, flags }: Extract<FileCall, { kind: "open" }>): void {
    open.delete(fd);
    if (!isBelow(path)) return;
    const names = below(path);
    const found = disk.find(names);
    const node = found ?? disk.makeFile(time, names);
    if (!found) notePath(names);
    if (found?.kind === "file" && flags.has("O_TRUNC") && found.size > 0) disk.resize(time, found, 0);
    open.set(fd, { node, position: flags.has("O_APPEND") ? "end" : 0 });
  }

  function write(file: Opened, at: number | null, bytes: Uint8Array): void {
    const { node } = file;
    if (node.kind !== "file") throw new Error("a folder cannot be written");
    const position = file.position === "end" ? node.size : (at ?? file.position);
    disk.write(time, node, position, bytes);
    if (at === null && file.position !== "end") file.position = position + bytes.length;
  }

  function move(from: string, to: string): void {
    if (isBelow(from) !== isBelow(to)) throw new Error(`${from} leaves or enters the folder that is followed`);
    if (!isBelow(from)) return;
    disk.rename(time, below(from), below(to));
    notePath(below(to));
  }

  function play(call: FileCall): void {
    switch (call.kind) {
      case "open":
        openFile(call);
        break;
      case "close":
        open.delete(call.fd);
        break;
      case "write": {
        const file = open.get(call.fd);
        if (file) write(file, call.at, call.bytes);
        break;
      }
      case "truncate": {
        const node = open.get(call.fd)?.node;
        if (node?.kind === "file") disk.resize(time, node, call.size);
        break;
      }
      case "sync": {
        const node = open.get(call.fd)?.node;
        if (node && !skips(paths.get(node) ?? "")) disk.sync(node, call.begunAt);
        break;
      }
      case "rename":
        move(call.from, call.to);
        break;
      case "remove":
        if (isBelow(call.path)) disk.remove(time, below(call.path));
        break;
      case "make-folder":
        if (!isBelow(call.path)) break;
        disk.makeFolder(time, below(call.path));
        notePath(below(call.path));
        break;
      case "map": {
        const node = open.get(call.fd)?.node;
        const path = node ? paths.get(node) : undefined;
        if (path !== undefined && !isSharedMemory(path)) throw new Error(`${path} is written through memory`);
      }
    }
  }

  return {
    disk,
    playTo(end) {
      for (; time < end; time++) {
        const call = calls[time];
        if (call) play(call);
      }
    },
  };
}

/** What was written to the file at `path`, line by line, each with the number of calls that had returned by then. */
export function linesWritten(
  calls: readonly FileCall[],
  path: string,
): readonly { readonly time: number; readonly line: string }[] {
  const fds = new Set<number>();
  const lines: { time: number; line: string }[] = [];
  for (const [index, call] of calls.entries()) {
    if (call.kind === "open" && call.path === path) fds.add(call.fd);
    else if (call.kind === "open" || call.kind === "close") fds.delete(call.fd);
    else if (call.kind === "write" && fds.has(call.fd)) {
      lines.push({ time: index + 1, line: Buffer.from(call.bytes).toString().trimEnd() });
    }
  }
  return lines;
}
