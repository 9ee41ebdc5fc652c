/**
 * What the measuring side may ask of a remote file. Fetching provides it, tests provide it from memory;
 * measuring never learns where the bytes come from.
 */

export type Prefix = {
  readonly bytes: Uint8Array;
  /** True when `bytes` is the whole file. */
  readonly complete: boolean;
};

/** Every method throws ImageFault when the bytes cannot be had. */
export type ByteSource = {
  /** The file's first bytes: at least `atLeast` of them, fewer only when the file is shorter. Earlier bytes never change. */
  prefix(atLeast: number): Promise<Prefix>;
  /** The file's last bytes: exactly `length` of them, or the whole file when it is shorter. */
  tail(length: number): Promise<Uint8Array>;
  /** The whole file, within the limit on bytes. */
  whole(): Promise<Uint8Array>;
  /** The file's length as far as it is known by now. */
  totalBytes(): number | null;
};
