/** A visit as submitted: one store at one time with its images. */
import type { Labels } from "./labels.ts";

export type NewImage = {
  readonly url: string;
  readonly labels: Labels;
};

export type NewVisit = {
  readonly storeId: string;
  readonly images: readonly NewImage[];
  /** As submitted, kept for echoing. */
  readonly visitTime: string;
  /** The visit's own calendar date `YYYY-MM-DD`, null when the time could not be read. */
  readonly visitDate: string | null;
  /** The time that was read, as RFC 3339 has it, where the text alone does not say it so; else null. */
  readonly visitAt: string | null;
  readonly labels: Labels;
};

export function* urlsOf(visits: readonly NewVisit[]): Iterable<string> {
  for (const { images } of visits) for (const { url } of images) yield url;
}
