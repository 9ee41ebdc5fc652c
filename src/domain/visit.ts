/** A visit as submitted: one store at one time with its images. */

export type NewVisit = {
  readonly storeId: string;
  readonly imageUrls: readonly string[];
  /** As submitted, kept for echoing. */
  readonly visitTime: string;
  /** The visit's own calendar date `YYYY-MM-DD`, null when the time could not be read. */
  readonly visitDate: string | null;
};
