/** What of a disk is there after a power cut: all that is sure, and of the rest what fate leaves, in pieces that a drive writes whole. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { applyName, type Change, type Disk, type File, type NameChange, type Node, sizeAfter } from "./disk.ts";

export type Fate = {
  readonly name: string;
  /** Bytes that a drive writes whole or not at all. */
  readonly piece: number;
  /** How many of the changes of one piece, or of one name, survive: any number of the first ones. */
  readonly survive: (times: readonly number[]) => number;
  /** What stands in a part of a file that grew and whose bytes were not written. */
  readonly filler: number;
};

/** Nothing was lost but time. */
export const EVERYTHING: Fate = { name: "everything", piece: 4_096, survive: (times) => times.length, filler: 0 };

/** One of the ways in which drives and file systems lose what was not synced. `now` is the time of the cut. */
export function aFate(random: () => number, now: number): Fate {
  const any = (times: readonly number[]) => Math.floor(random() * (times.length + 1));
  // Old bytes may show where a file grew.
  const filler = random() < 0.5 ? 0 : Math.floor(random() * 256);
  const window = 1 + Math.floor(random() * 400);
  const until = now - Math.floor(random() * window);
  const fates: readonly Fate[] = [
    EVERYTHING,
    { name: "nothing", piece: 4_096, survive: () => 0, filler },
    { name: "all up to a moment", piece: 512, survive: (times) => countBefore(times, until), filler },
    { name: "any sectors", piece: 512, survive: any, filler },
    { name: "any pages", piece: 4_096, survive: any, filler },
  ];
  return fates[Math.floor(random() * fates.length)] ?? EVERYTHING;
}

function countBefore(times: readonly number[], until: number): number {
  const first = times.findIndex((time) => time >= until);
  return first < 0 ? times.length : first;
}

/** Writes what survived into `folder`. `isLeftOut` names files whose bytes the log does not show. */
export function writeSurvivors(disk: Disk, fate: Fate, folder: string, isLeftOut: (name: string) => boolean): void {
  const names = survivingNames(disk, fate);
  function writeNode(node: Node, path: string): void {
    if (node.kind === "file") {
      writeFileSync(path, survivingBytes(node, fate));
      return;
    }
    mkdirSync(path, { recursive: true });
    const entries = new Map(node.sure);
    for (const change of names) if (change.folder === node) applyName(entries, change);
    for (const [name, child] of entries) if (!isLeftOut(name)) writeNode(child, join(path, name));
  }
  writeNode(disk.root, folder);
}

function survivingNames(disk: Disk, fate: Fate): readonly NameChange[] {
  const survived = new Set<NameChange>();
  for (const change of disk.names()) {
    const mayCome = change.after === null || change.after.sure || survived.has(change.after);
    if (mayCome && fate.survive([change.time]) === 1) survived.add(change);
  }
  return [...survived];
}

function survivingBytes(file: File, fate: Fate): Uint8Array {
  const size = survivingSize(file, fate);
  const bytes = Buffer.alloc(size, fate.filler);
  file.sure.copy(bytes, 0, 0, size);
  for (const [piece, changes] of changesByPiece(file, fate.piece)) {
    const from = piece * fate.piece;
    const to = Math.min(from + fate.piece, size);
    if (from >= to) continue;
    const survivors = fate.survive(changes.map(({ time }) => time));
    // A piece that was written at all brought what it had besides: zeros.
    if (survivors > 0 && to > file.sure.length) bytes.fill(0, Math.max(from, file.sure.length), to);
    for (const change of changes.slice(0, survivors)) applyWithin(bytes, change, from, to);
  }
  return bytes;
}

function survivingSize(file: File, fate: Fate): number {
  const sizes = [file.sure.length];
  const times: number[] = [];
  for (const change of file.pending) {
    const before = sizes.at(-1) ?? 0;
    const after = sizeAfter(before, change);
    if (after === before) continue;
    sizes.push(after);
    times.push(change.time);
  }
  return sizes[fate.survive(times)] ?? 0;
}

function changesByPiece(file: File, pieceBytes: number): ReadonlyMap<number, readonly Change[]> {
  const pieces = new Map<number, Change[]>();
  for (const change of file.pending) {
    const { from, to } = extentOf(change);
    for (let piece = Math.floor(from / pieceBytes); piece * pieceBytes < to; piece++) {
      const changes = pieces.get(piece) ?? [];
      changes.push(change);
      pieces.set(piece, changes);
    }
  }
  return pieces;
}

function extentOf(change: Change): { readonly from: number; readonly to: number } {
  if (change.kind === "write") return { from: change.at, to: change.at + change.bytes.length };
  return { from: Math.min(change.from, change.to), to: Math.max(change.from, change.to) };
}

function applyWithin(bytes: Buffer, change: Change, pieceFrom: number, pieceTo: number): void {
  const extent = extentOf(change);
  const from = Math.max(extent.from, pieceFrom);
  const to = Math.min(extent.to, pieceTo);
  if (from >= to) return;
  if (change.kind === "write") bytes.set(change.bytes.subarray(from - change.at, to - change.at), from);
  else bytes.fill(0, from, to);
}
