/** An answer that is not the asked-for one: status, one sentence for people, details if any. Never HTML, never a stack trace. */

export type ApiProblem = {
  /** JSON pointer, line or parameter: where it is wrong. */
  readonly pointer: string;
  readonly detail: string;
};

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly problems: readonly ApiProblem[];

  constructor(
    status: number,
    message: string,
    more: { readonly headers?: Readonly<Record<string, string>>; readonly problems?: readonly ApiProblem[] } = {},
  ) {
    super(message);
    this.status = status;
    this.headers = more.headers ?? {};
    this.problems = more.problems ?? [];
  }

  /** The JSON body: `errors` only where there is a list. */
  body(): { error: string; errors?: readonly ApiProblem[] } {
    return this.problems.length > 0 ? { error: this.message, errors: this.problems } : { error: this.message };
  }
}
