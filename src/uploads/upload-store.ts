/** Where uploaded photos are kept: the port of the folder and the bucket. A file has its name once it is complete and durable, or not at all. Knows no job: who uses a file stands in the ledger. */

/** A file that was taken in and has no final name yet. */
export type Incoming = { readonly sha256: string; readonly path: string; readonly bytes: number };

export type UploadStore = {
  /** Writes the bytes to this machine's disk. When they break off nothing is left, and it rejects with their error. */
  takeIn(bytes: AsyncIterable<Uint8Array>): Promise<Incoming>;
  /** Gives a file its final name, durably. */
  place(incoming: Incoming, file: string): Promise<void>;
  /** Gives a file that was placed another name, durably. */
  rename(incoming: Incoming, from: string, to: string): Promise<void>;
  /** Nothing is left of what was taken in but the file with its final name, if it has one. */
  drop(incoming: Incoming): Promise<void>;
  has(file: string): Promise<boolean>;
  /** The bytes of a file as they come. Rejects when it is not there; the bytes reject when the signal says so. */
  read(file: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  remove(file: string): Promise<void>;
  /** Final names, some at a time. What is no upload is not named. */
  list(): AsyncIterable<readonly string[]>;
  /** Rejects when it is not there. */
  ageMs(file: string): Promise<number>;
  /** Removes what began to come in at least `ageMs` ago and has not got its final name since. */
  clearIncoming(ageMs: number): Promise<void>;
};

/** The store cannot be used at the moment. Its cause is for the operator: it may name the bucket. */
export class UploadsUnavailable extends Error {
  override readonly name = "UploadsUnavailable";

  constructor(options: { readonly cause: unknown }) {
    super("uploads cannot be kept or looked at", options);
  }
}
