/**
 * Reads what a process did to its files out of a log of strace (`-f -xx`). Knows system calls and no disk. A line that it cannot read must stop
 * it: one write that is overlooked would make every later verdict worthless.
 */

/** In the order in which the calls returned. `begunAt` is how many calls had returned when a sync began: it covers their writes and no later one. */
export type FileCall =
  | { readonly kind: "open"; readonly fd: number; readonly path: string; readonly flags: ReadonlySet<string> }
  | { readonly kind: "close"; readonly fd: number }
  | { readonly kind: "write"; readonly fd: number; readonly at: number | null; readonly bytes: Uint8Array }
  | { readonly kind: "truncate"; readonly fd: number; readonly size: number }
  | { readonly kind: "sync"; readonly fd: number; readonly begunAt: number }
  | { readonly kind: "rename"; readonly from: string; readonly to: string }
  | { readonly kind: "remove"; readonly path: string }
  | { readonly kind: "make-folder"; readonly path: string }
  | { readonly kind: "map"; readonly fd: number };

/** For `strace -e trace=`: a `?` before those that not every machine has. That nothing is missing shows when the log, played to its end, gives the folder. */
export const TRACED_CALLS =
  "?open,openat,close,write,writev,pwrite64,pwritev,ftruncate,fsync,fdatasync,mmap," +
  "?rename,renameat,renameat2,?unlink,unlinkat,?mkdir,mkdirat,?rmdir";

const LINE = /^(\d+) +(?:<\.\.\. \w+ resumed>(.*)|(.*))$/;
const UNFINISHED = " <unfinished ...>";
const CALL = /^(\w+)\((.*)\) += (-?\d+|0x[0-9a-f]+|\?)/;
/** Lines of strace's own: signals and the ends of threads. */
const NOTICE = /^(---|\+\+\+)/;

export function parseStrace(log: string): readonly FileCall[] {
  const calls: FileCall[] = [];
  const begun = new Map<string, { readonly text: string; readonly at: number }>();
  for (const line of linesOf(log)) {
    const [, thread = "", resumed, begins = ""] = LINE.exec(line) ?? [];
    if (resumed === undefined && begins.endsWith(UNFINISHED)) {
      const text = begins.slice(0, -UNFINISHED.length);
      // The number is free for another thread's open from here on, whenever strace prints the rest.
      const closes = /^close\((\d+)/.exec(text);
      if (closes) calls.push({ kind: "close", fd: Number(closes[1]) });
      else begun.set(thread, { text, at: calls.length });
      continue;
    }
    const start = resumed === undefined ? { text: "", at: calls.length } : begun.get(thread);
    begun.delete(thread);
    if (!start || NOTICE.test(begins)) continue;
    const call = parseCall(start.text + (resumed ?? begins), start.at);
    if (call) calls.push(call);
  }
  return calls;
}

function* linesOf(log: string): Iterable<string> {
  for (let from = 0; from < log.length; ) {
    const end = log.indexOf("\n", from);
    const to = end < 0 ? log.length : end;
    yield log.slice(from, to);
    from = to + 1;
  }
}

function parseCall(text: string, begunAt: number): FileCall | null {
  const [, name = "", args = "", result = ""] = CALL.exec(text) ?? [];
  // A call that a killed process never came back from has no result, as one that never was.
  if (name === "" && !text.endsWith(")")) return null;
  const returned = Number(result);
  if (result === "?" || returned < 0) return null;
  const path = () => stringsIn(args)[0]?.toString() ?? unreadable(text);
  const fd = Number.parseInt(args, 10);
  switch (name) {
    case "open":
    case "openat":
      return { kind: "open", fd: returned, path: path(), flags: new Set(args.match(/\bO_\w+/g)) };
    case "close":
      return { kind: "close", fd };
    case "write":
    case "writev":
      return { kind: "write", fd, at: null, bytes: written(args, returned) };
    case "pwrite64":
    case "pwritev":
      return { kind: "write", fd, at: lastNumber(args), bytes: written(args, returned) };
    case "ftruncate":
      return { kind: "truncate", fd, size: lastNumber(args) };
    case "fsync":
    case "fdatasync":
      return { kind: "sync", fd, begunAt };
    case "rename":
    case "renameat":
    case "renameat2": {
      const [from, to] = stringsIn(args).map(String);
      return from !== undefined && to !== undefined ? { kind: "rename", from, to } : unreadable(text);
    }
    case "unlink":
    case "unlinkat":
    case "rmdir":
      return { kind: "remove", path: path() };
    case "mkdir":
    case "mkdirat":
      return { kind: "make-folder", path: path() };
    case "mmap":
      return mapped(args);
    default:
      return unreadable(text);
  }
}

/** A file that is written through memory: no call shows what changes. */
function mapped(args: string): FileCall | null {
  const [, , protection = "", flags = "", fd = ""] = args.split(", ");
  const isWritten = protection.includes("PROT_WRITE") && flags.includes("MAP_SHARED") && Number(fd) >= 0;
  return isWritten ? { kind: "map", fd: Number(fd) } : null;
}

function written(args: string, length: number): Uint8Array {
  return Buffer.concat(stringsIn(args)).subarray(0, length);
}

const HEX_STRING = /"([\\x0-9a-f]*)"(\.\.\.)?/g;

function stringsIn(args: string): readonly Buffer[] {
  return Array.from(args.matchAll(HEX_STRING), ([, hex = "", cut]) =>
    cut === undefined ? Buffer.from(hex.replaceAll("\\x", ""), "hex") : unreadable(args),
  );
}

function lastNumber(args: string): number {
  return Number(args.slice(args.lastIndexOf(", ") + 2));
}

function unreadable(text: string): never {
  throw new Error(`a call that the model of the disk cannot follow: ${text.slice(0, 200)}`);
}
