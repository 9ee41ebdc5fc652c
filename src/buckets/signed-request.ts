/** A request to a bucket's service as it is to be sent, and what it is made of. */

export type UnsignedRequest = {
  readonly method: "GET" | "HEAD" | "PUT" | "DELETE";
  readonly origin: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. All of them are signed. */
  readonly headers: Readonly<Record<string, string>>;
};

export type SignedRequest = {
  /** Path and query, byte for byte. */
  readonly target: string;
  /** All but `host`, which follows from the origin. */
  readonly headers: Readonly<Record<string, string>>;
};
