/**
 * A disk as POSIX promises it, no kinder: bytes are sure once their file was synced, a name once its folder was. What is not sure yet may or may
 * not be there after a power cut, each piece for itself; `survivors.ts` decides.
 */

export type Change =
  | { readonly time: number; readonly kind: "write"; readonly at: number; readonly bytes: Uint8Array }
  /** Cuts the file, or makes it longer with zeros. */
  | { readonly time: number; readonly kind: "resize"; readonly from: number; readonly to: number };

export type File = {
  readonly kind: "file";
  /** What is sure; its length is the sure size. */
  sure: Buffer;
  pending: Change[];
  /** As the running process sees it. */
  size: number;
};

export type Folder = {
  readonly kind: "folder";
  readonly sure: Map<string, Node>;
  readonly current: Map<string, Node>;
};

export type Node = File | Folder;

/** A name that appears, or with null disappears. */
export type NameChange = {
  readonly time: number;
  readonly folder: Folder;
  readonly name: string;
  readonly node: Node | null;
  /** The new name of a renamed node: no file system drops the old one before it. */
  readonly after: NameChange | null;
  sure: boolean;
};

export type Disk = ReturnType<typeof createDisk>;

export function createDisk() {
  const root = aFolder();
  let pendingNames: NameChange[] = [];

  function find(path: readonly string[]): Node | null {
    let node: Node | undefined = root;
    for (const name of path) node = node?.kind === "folder" ? node.current.get(name) : undefined;
    return node ?? null;
  }

  function place(path: readonly string[]): { readonly folder: Folder; readonly name: string } {
    const folder = find(path.slice(0, -1));
    const name = path.at(-1);
    if (folder?.kind !== "folder" || name === undefined) throw new Error(`no folder for ${path.join("/")}`);
    return { folder, name };
  }

  function setName(time: number, path: readonly string[], node: Node | null, after: NameChange | null = null) {
    const { folder, name } = place(path);
    if (node) folder.current.set(name, node);
    else folder.current.delete(name);
    const change: NameChange = { time, folder, name, node, after, sure: false };
    pendingNames.push(change);
    return change;
  }

  return {
    root,
    find,
    names: (): readonly NameChange[] => pendingNames,
    makeFolder: (time: number, path: readonly string[]) => setName(time, path, aFolder()),
    remove: (time: number, path: readonly string[]) => setName(time, path, null),

    makeFile(time: number, path: readonly string[]): File {
      const file: File = { kind: "file", sure: Buffer.alloc(0), pending: [], size: 0 };
      setName(time, path, file);
      return file;
    },

    rename(time: number, from: readonly string[], to: readonly string[]): void {
      const node = find(from);
      if (!node) throw new Error(`nothing to rename at ${from.join("/")}`);
      setName(time, from, null, setName(time, to, node));
    },

    write(time: number, file: File, at: number, bytes: Uint8Array): void {
      file.pending.push({ time, kind: "write", at, bytes });
      file.size = Math.max(file.size, at + bytes.length);
    },

    resize(time: number, file: File, size: number): void {
      file.pending.push({ time, kind: "resize", from: file.size, to: size });
      file.size = size;
    },

    /** A file that was there, safely, before anything happened. Its folders are made as it needs them. */
    begin(path: readonly string[], bytes: Buffer): void {
      let folder = root;
      for (const name of path.slice(0, -1)) {
        const found = folder.current.get(name) ?? aFolder();
        if (found.kind !== "folder") throw new Error(`${name} is a file and a folder`);
        folder.current.set(name, found);
        folder.sure.set(name, found);
        folder = found;
      }
      const file: File = { kind: "file", sure: Buffer.from(bytes), pending: [], size: bytes.length };
      const name = path.at(-1) ?? "";
      folder.current.set(name, file);
      folder.sure.set(name, file);
    },

    /** Makes sure what happened to the node before `time`. */
    sync(node: Node, time: number): void {
      if (node.kind === "file") {
        node.sure = applyAll(
          node.sure,
          node.pending.filter((change) => change.time < time),
        );
        node.pending = node.pending.filter((change) => change.time >= time);
        return;
      }
      for (const change of pendingNames) {
        if (change.folder !== node || change.time >= time) continue;
        applyName(node.sure, change);
        change.sure = true;
      }
      pendingNames = pendingNames.filter((change) => !change.sure);
    },
  };
}

function aFolder(): Folder {
  return { kind: "folder", sure: new Map(), current: new Map() };
}

export function applyName(names: Map<string, Node>, { name, node }: NameChange): void {
  if (node) names.set(name, node);
  else names.delete(name);
}

/** The size of a file after a change. */
export function sizeAfter(size: number, change: Change): number {
  return change.kind === "resize" ? change.to : Math.max(size, change.at + change.bytes.length);
}

function applyAll(sure: Buffer, changes: readonly Change[]): Buffer {
  const longest = Math.max(sure.length, ...changes.map((change) => sizeAfter(0, change)));
  const bytes = longest > sure.length ? Buffer.concat([sure], longest) : sure;
  let size = sure.length;
  for (const change of changes) {
    size = sizeAfter(size, change);
    if (change.kind === "write") bytes.set(change.bytes, change.at);
    else if (change.to < change.from) bytes.fill(0, change.to, change.from);
  }
  return bytes.subarray(0, size);
}
