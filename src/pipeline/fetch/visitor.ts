/**
 * How a file is asked for of a host that wants to know who asks. Whoever makes one sees to it that nothing secret goes to another origin than the
 * one it is for: it is asked for redirects' requests too.
 */
import type { ImageFault } from "../../domain/error-codes.ts";
import type { Headers } from "./headers.ts";

export type Introduction = {
  /** Header lines, each with its line end; empty for none. */
  readonly fields: string;
  /** Path and query to send in place of the URL's own. */
  readonly target: string | null;
};

export type Refusal = {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  /** Its beginning. */
  readonly body: string;
};

export type Visitor = {
  /** Called when a request is about to be sent, for each. `range` is the part that it asks for. */
  introduce(url: URL, range: string | null): Promise<Introduction>;
  /** Told of every answer that is no file, before the usual rules: where to ask once more, what it means, or null to leave it to those rules. */
  hear(refusal: Refusal): string | ImageFault | null;
};
