/**
 * The ledger's port for photos that came with a submission: which content is kept under which name. Who uses one follows from `addVisits`, in its
 * own transaction, until the job is removed; a tenant's jobs use what that tenant sent, and find nothing at the address of any other. A schedule uses the
 * file that is its source, until it has another or is removed.
 */
export type UploadLedger = {
  /** Gives the tenant's content the name `file`, unless it has one; resolves to the name it has. It counts as touched now. */
  keepUpload(upload: { readonly tenant: string; readonly sha256: string; readonly file: string }): Promise<string>;
  /** Counts as touched now, so that it is not forgotten before a schedule can use it. False when the tenant has no such file. */
  touchUpload(tenant: string, file: string): Promise<boolean>;
  /**
   * Forgets those of `files` that no job and no schedule uses and that nobody touched for `idleMs`. Resolves to those of them that are not known, now or ever:
   * nothing leads to their bytes.
   */
  forgetUploads(files: readonly string[], idleMs: number): Promise<readonly string[]>;
};
