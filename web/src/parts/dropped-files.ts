/** The files of a drop, those within dropped folders too, in the order of their paths. */

export async function droppedFiles(transfer: DataTransfer): Promise<readonly File[]> {
  // Asked for at once: a drop's items are gone when its event is over.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return [...transfer.files];
  const files = await Promise.all(entries.map(filesIn));
  return files.flat();
}

async function filesIn(entry: FileSystemEntry): Promise<readonly File[]> {
  // What systems leave in folders is nobody's photo.
  if (entry.name.startsWith(".")) return [];
  if (isFile(entry)) return [await new Promise<File>((resolve, reject) => entry.file(resolve, reject))];
  if (!isFolder(entry)) return [];
  const files = await Promise.all((await entriesIn(entry)).map(filesIn));
  return files.flat();
}

/** A reader gives some at a time, and none when all were given. */
async function entriesIn(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all.toSorted((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
    all.push(...some);
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
