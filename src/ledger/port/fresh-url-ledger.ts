/**
 * The ledger's port for fresh URLs: a list of them is gathered beside its job, in a draft that no reader sees, and put in place at once when all of it
 * is in order. The draft is opened with `openDraft`.
 */

export type FreshUrl = {
  /** Where the list gives it. */
  readonly line: number;
  /** The image's number; null where only the client's own name is given. */
  readonly image: number | null;
  /** What the client calls the image. Beside a number it must be that image's name. */
  readonly externalId: string | null;
  readonly url: string;
};

/** Why a fresh URL cannot be taken. */
export type FreshUrlFault = { readonly line: number } & (
  | { readonly kind: "no_such_image" }
  /** `image` has another name, null for none. */
  | { readonly kind: "misnamed"; readonly image: number; readonly externalId: string | null }
  | { readonly kind: "not_failed"; readonly image: number | null }
  /** Several failed images have this name. */
  | { readonly kind: "ambiguous" }
  | { readonly kind: "repeated"; readonly image: number; readonly firstLine: number }
);

export type FreshUrlLedger = {
  /** Adds to a draft what can be taken, and returns why the rest cannot: only a failed image takes a fresh URL, and only one. At most 1,000 a call. */
  addFreshUrls(draft: number, jobId: number, urls: readonly FreshUrl[]): Promise<readonly FreshUrlFault[]>;
  /**
   * As `retryImages`, for exactly the images of the draft, each with its fresh URL from now on; the one before stays with its past result.
   * The draft stays, to be discarded.
   */
  retryWithFreshUrls(jobId: number, run: number, draft: number): Promise<number>;
};
