/** Requests to the service. An answer that is not the asked-for one becomes an error whose message is the service's own sentence. */
import type { Problem } from "../../../sdk/src/api-types.ts";

export class ServiceError extends Error {
  override readonly name = "ServiceError";
  readonly problem: Problem | null;

  constructor(message: string, problem: Problem | null) {
    super(message);
    this.problem = problem;
  }
}

let notSignedIn = () => {};

/** Called when the service does not know any more who asks. */
export function onNotSignedIn(work: () => void): void {
  notSignedIn = work;
}

/** The answer's shape is the one that /openapi.json promises for the path. */
export async function call<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(path, init).catch((cause: unknown) => {
    if (init.signal?.aborted) throw cause;
    throw new ServiceError("The service does not answer; is it running?", null);
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  if (response.ok && isJson) return JSON.parse(text);
  if (response.ok && text === "") return JSON.parse("null");
  if (response.status === 401) notSignedIn();
  const problem: Problem | null = isJson ? JSON.parse(text) : null;
  throw new ServiceError(problem?.detail ?? `The service answered ${response.status}`, problem);
}

/** A change, with JSON. */
export function send<T>(method: "POST" | "PUT" | "PATCH", path: string, body: unknown): Promise<T> {
  return call(path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

export const post = <T>(path: string, body: unknown = {}): Promise<T> => send("POST", path, body);

/** A path with its parameters; those that are empty are left out. */
export function withQuery(
  path: string,
  parameters: Readonly<Record<string, string | number | null | undefined>>,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== "") query.set(name, String(value));
  }
  const text = query.toString();
  return text === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${text}`;
}
