/**
 * What somebody wants kept for a host, read once: whether it fits its pattern, and whether its names may be sent. Says everything that is wrong at once, by
 * names; no value is ever repeated.
 */
import type { Static } from "typebox";
import type { AccessWish } from "../../access/access-keeper.ts";
import type { FaultCode } from "../../domain/fault-codes.ts";
import type { AccessKind, NamedValue } from "../../domain/host-access.ts";
import { type HostPattern, readPattern } from "../../domain/host-pattern.ts";
import { ApiError, type ApiProblem } from "../problems/api-error.ts";
import type { AccessChange } from "./host-access-schema.ts";

/** What a host is asked with, how and about what is Storewalk's own. */
const HEADER_NAME = /^(?:authorization|x-[a-z0-9-]+|(?:[a-z0-9]+-)*[a-z0-9]*(?:key|token|secret|client-id))$/i;
const MOST_NAME = 100;
/** They are about a connection, which other tenants use as well, and need an answer in between. */
const OF_CONNECTIONS = /^(?:ntlm|negotiate|kerberos)\b/i;
const KIND_WORDS = { web: "a host", s3: "a bucket of s3:// or gs://", azure: "a container of az://" } as const;

type Wish = Static<typeof AccessChange>;

/** Throws ApiError for what is no pattern. */
export function patternOf(given: string): { readonly pattern: HostPattern; readonly text: string } {
  const read = readPattern(given);
  if (read.kind === "pattern") return read;
  const detail = `pattern cannot be used: ${read.problem}`;
  throw refused([{ pointer: "/pattern", code: "malformed", detail }]);
}

/** `isNew`: something must be given. Throws ApiError. */
export function wishOf(given: Wish, kind: AccessKind, isNew: boolean): AccessWish {
  const problems: ApiProblem[] = [...misfits(given, kind)];
  const wish =
    kind === "web" ? webWish(given, problems) : kind === "s3" ? s3Wish(given, problems) : azureWish(given, problems);
  if (isNew && kind === "web" && problems.length === 0 && !saysAnything(given)) {
    problems.push(fault("/headers", "missing", "headers, query or user_agent must be given: there is nothing to send"));
  }
  if (problems.length > 0 || wish === null) throw refused(problems);
  return wish;
}

function saysAnything({ headers = {}, query = {}, user_agent = null }: Wish): boolean {
  return Object.keys(headers).length + Object.keys(query).length > 0 || user_agent !== null;
}

function misfits(given: Wish, kind: AccessKind): readonly ApiProblem[] {
  const ofKind = {
    headers: "web",
    query: "web",
    user_agent: "web",
    over_http: "web",
    s3: "s3",
    azure: "azure",
  } as const;
  return Object.entries(ofKind)
    .filter(([name, of]) => of !== kind && Object.hasOwn(given, name))
    .map(([name, of]) =>
      fault(`/${name}`, "mismatch", `${name} is for ${KIND_WORDS[of]}, the pattern is of ${KIND_WORDS[kind]}`),
    );
}

function webWish(given: Wish, problems: ApiProblem[]): AccessWish {
  const headers = given.headers && namedValues(given.headers);
  const query = given.query && namedValues(given.query);
  problems.push(...(headers ?? []).flatMap(headerProblems), ...(query ?? []).flatMap(parameterProblems));
  return {
    kind: "web",
    ...(headers && { headers }),
    ...(query && { query }),
    ...(given.user_agent !== undefined && { userAgent: given.user_agent?.trim() || null }),
    ...(given.over_http !== undefined && { overHttp: given.over_http }),
  };
}

function s3Wish({ s3 }: Wish, problems: ApiProblem[]): AccessWish | null {
  if (!s3) {
    problems.push(fault("/s3", "missing", "s3 must be given: access_key_id and secret_access_key"));
    return null;
  }
  problems.push(...endpointProblems("/s3", s3));
  return {
    kind: "s3",
    settings: {
      kind: "s3",
      accessKeyId: s3.access_key_id.trim(),
      hasSessionToken: s3.session_token !== undefined,
      endpoint: s3.endpoint ?? null,
      region: s3.region ?? null,
      pathStyle: s3.path_style ?? null,
      requesterPays: s3.requester_pays ?? false,
      overHttp: s3.over_http ?? false,
    },
    secret: {
      kind: "s3",
      secretAccessKey: s3.secret_access_key.trim(),
      sessionToken: s3.session_token?.trim() ?? null,
    },
  };
}

function azureWish({ azure }: Wish, problems: ApiProblem[]): AccessWish | null {
  if (!azure) {
    problems.push(fault("/azure", "missing", "azure must be given: account, and account_key or sas"));
    return null;
  }
  const { account_key: key, sas } = azure;
  if ((key === undefined) === (sas === undefined)) {
    problems.push(fault("/azure", "mismatch", "azure must have one of account_key and sas"));
  }
  problems.push(...endpointProblems("/azure", azure));
  return {
    kind: "azure",
    settings: {
      kind: "azure",
      account: azure.account.trim(),
      endpoint: azure.endpoint ?? null,
      by: key === undefined ? "sas" : "key",
      overHttp: azure.over_http ?? false,
    },
    secret: { kind: "azure", secret: (key ?? sas ?? "").trim().replace(/^\?/, "") },
  };
}

function endpointProblems(
  pointer: string,
  { endpoint, over_http }: { readonly endpoint?: string; readonly over_http?: boolean },
): readonly ApiProblem[] {
  if (endpoint === undefined) return [];
  if (!URL.canParse(endpoint)) return [fault(`${pointer}/endpoint`, "malformed", "endpoint must be a URL")];
  if (!/^http:/i.test(endpoint) || over_http) return [];
  return [fault(`${pointer}/endpoint`, "mismatch", "endpoint must begin with https:// unless over_http is true")];
}

function namedValues(given: Readonly<Record<string, string>>): readonly NamedValue[] {
  return Object.entries(given).map(([name, value]) => [name, value.trim()] as const);
}

function headerProblems([name, value]: NamedValue): readonly ApiProblem[] {
  const pointer = `/headers/${pointerPart(name)}`;
  if (name.length > MOST_NAME || !HEADER_NAME.test(name)) {
    const wanted = "Authorization, X-… or one that ends in key, token, secret or client-id";
    return [fault(pointer, "not_allowed", `a header's name must be ${wanted}`)];
  }
  if (value === "") return [fault(pointer, "missing", `${name} is empty`)];
  if (!OF_CONNECTIONS.test(value)) return [];
  const why = "NTLM, Negotiate and Kerberos are about a connection and cannot be kept";
  return [fault(pointer, "not_allowed", `${name} cannot be used: ${why}`)];
}

function parameterProblems([name]: NamedValue): readonly ApiProblem[] {
  if (name !== "" && name.length <= MOST_NAME && name.isWellFormed()) return [];
  const wanted = `a parameter's name must have 1 to ${MOST_NAME} characters`;
  return [fault(`/query/${pointerPart(name)}`, "not_allowed", wanted)];
}

/** Cut, as a name may be a secret that was put in the wrong place. */
function pointerPart(name: string): string {
  const part = name.slice(0, 20).toWellFormed().replaceAll("~", "~0").replaceAll("/", "~1");
  return name.length > 20 ? `${part}…` : part;
}

function fault(pointer: string, code: FaultCode, detail: string): ApiProblem {
  return { pointer, code, detail };
}

function refused(problems: readonly ApiProblem[]): ApiError {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return new ApiError("invalid_body", `${first?.detail ?? ""}${more}`, { problems });
}
