/** Flagged images of all jobs: look at them, decide about them, and what photos are judged by. */
import type {
  Decided,
  Decisions,
  FlaggedShares,
  NewTruthSettings,
  Operations,
  Quality,
  Review,
  ReviewCounts,
  ReviewWithHistory,
  Similar,
  TruthSettings,
} from "./api-types.ts";
import { type Pages, pagesOf } from "./pages.ts";
import { type Transport, withJson } from "./transport.ts";

export type ReviewFilter = Omit<Operations["listReviews"]["query"], "cursor" | "limit">;

export class Truth {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Newest job first. */
  reviews(filter: ReviewFilter & { readonly limit?: number } = {}): Pages<Review> {
    return pagesOf(this.#transport, "/api/v1/reviews", filter);
  }

  async counts(filter: ReviewFilter = {}): Promise<ReviewCounts> {
    return await this.#transport.json("/api/v1/reviews/counts", { query: filter });
  }

  async review(jobId: number, image: number): Promise<ReviewWithHistory> {
    return await this.#transport.json(reviewPath(jobId, image));
  }

  /** `open` takes a decision back. The same again changes nothing. */
  async decide(images: Decisions["images"], decision: Decisions["decision"], note?: string): Promise<Decided> {
    const body = note === undefined ? { images, decision } : { images, decision, note };
    return await this.#transport.json("/api/v1/reviews/decisions", withJson("POST", body, true));
  }

  async shares(query: Operations["getFlaggedShares"]["query"] = {}): Promise<FlaggedShares> {
    return await this.#transport.json("/api/v1/reviews/shares", { query });
  }

  /** How the figures of a job's photos are spread. */
  async quality(jobId: number): Promise<Quality> {
    return await this.#transport.json(`/api/v1/jobs/${jobId}/quality`);
  }

  async settings(): Promise<TruthSettings> {
    return await this.#transport.json("/api/v1/truth/settings");
  }

  /** What is left out gets its usual value. */
  async setSettings(settings: NewTruthSettings): Promise<TruthSettings> {
    return await this.#transport.json("/api/v1/truth/settings", withJson("PUT", settings, true));
  }

  /** Whether the photo at a URL, or this one, was seen before. */
  async similar(photo: string | Blob): Promise<Similar> {
    const path = "/api/v1/images/similar";
    if (typeof photo === "string") return await this.#transport.json(path, { query: { url: photo } });
    return await this.#transport.json(path, {
      method: "POST",
      headers: { "content-type": photo.type.startsWith("image/") ? photo.type : "image/jpeg" },
      body: photo,
      repeatable: true,
    });
  }
}

const reviewPath = (jobId: number, image: number) => `/api/v1/jobs/${jobId}/images/${image}/review`;
