/** An answer that is not the asked-for one: status, one sentence for people, details if any. Never HTML, never a stack trace. */

export type ApiProblem = {
  /** JSON pointer, line or parameter: where it is wrong. */
  readonly pointer: string;
  readonly detail: string;
};

/** The client ended the connection before its request was complete. */
export class RequestBrokenOff extends Error {
  override readonly name = "RequestBrokenOff";
}

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly problems: readonly ApiProblem[];
  readonly unknownStores: readonly string[];

  constructor(
    status: number,
    message: string,
    more: {
      readonly headers?: Readonly<Record<string, string>>;
      readonly problems?: readonly ApiProblem[];
      readonly unknownStores?: readonly string[];
    } = {},
  ) {
    super(message);
    this.status = status;
    this.headers = more.headers ?? {};
    this.problems = more.problems ?? [];
    this.unknownStores = more.unknownStores ?? [];
  }

  /** The JSON body: lists only where there is something to list. */
  body(): { error: string; errors?: readonly ApiProblem[]; unknown_stores?: readonly string[] } {
    return {
      error: this.message,
      ...(this.problems.length > 0 ? { errors: this.problems } : {}),
      ...(this.unknownStores.length > 0 ? { unknown_stores: this.unknownStores } : {}),
    };
  }
}
