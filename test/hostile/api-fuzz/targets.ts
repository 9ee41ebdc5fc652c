/** Request targets: an operation's path and query, filled in, and what else a target can be made of. */
import fc from "fast-check";
import type { Named, Parameter } from "../../../src/testing/api-document.ts";
import { ACCESS_ROWS, hostileText, PROTO_NAMES, textFor } from "./values.ts";

type Pair = readonly [name: string, value: string];

const encoded = (text: string) => encodeURIComponent(text.toWellFormed());

export function targetFor({ path, operation }: Named): fc.Arbitrary<string> {
  const { parameters = [] } = operation;
  const inPath = parameters.filter((parameter) => parameter.in === "path");
  const filled = fc
    .tuple(...inPath.map(({ name, schema }) => ownIds(path, name) ?? textFor(name, schema)))
    .map((texts) =>
      inPath.reduce((target, { name }, no) => target.replace(`{${name}}`, () => encoded(texts[no] || "-")), path),
    );
  const query = queryFor(parameters.filter((parameter) => parameter.in === "query"));
  return fc.tuple(filled, query).map((both) => both.join(""));
}

/** Names of keys and of credentials are texts of the service's own. */
function ownIds(path: string, name: string): fc.Arbitrary<string> | undefined {
  if (name !== "id") return undefined;
  if (path.startsWith("/api/v1/hosts/access/")) return accessIds;
  return path.startsWith("/api/v1/keys/") ? keyIds : undefined;
}
const accessIds = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: ACCESS_ROWS + 2 }).map((no) => `access${no}`), weight: 8 },
  { arbitrary: hostileText, weight: 1 },
);
const keyIds = fc.oneof(
  { arbitrary: fc.constantFrom("ID_1_", "ID_2_", "ID_3_", "ID_4_", "ID_5_", "ID_6_"), weight: 8 },
  { arbitrary: hostileText, weight: 1 },
);

function queryFor(parameters: readonly Parameter[]): fc.Arbitrary<string> {
  const pairs = parameters.map(({ name, schema }) => {
    const pair = textFor(name, schema).map((value): readonly Pair[] => [[name, value]]);
    const isNeeded = name === "jobid";
    return fc.oneof(
      { arbitrary: pair, weight: isNeeded ? 30 : 2 },
      { arbitrary: fc.constant<readonly Pair[]>([]), weight: isNeeded ? 1 : 5 },
    );
  });
  const usual = fc.tuple(...pairs).map((all) => asQuery(all.flat()));
  return fc.oneof(
    { arbitrary: usual, weight: 20 },
    {
      arbitrary: fc.tuple(usual, strangeQuery).map(([query, more]) => query + (query === "" ? "?" : "&") + more),
      weight: 1,
    },
  );
}

function asQuery(pairs: readonly Pair[]): string {
  return pairs.length === 0 ? "" : `?${pairs.map(([name, value]) => `${name}=${encoded(value)}`).join("&")}`;
}

const strangeQuery: fc.Arbitrary<string> = fc.oneof(
  {
    arbitrary: fc.constantFrom(
      ...PROTO_NAMES.flatMap((name) => [`${name}=1`, `${name}[polluted]=1`, `${name}.polluted=1`, `a[${name}][b]=1`]),
      "limit=1&limit=2",
      "dry_run=true&dry_run=false",
      "jobid=1&jobid=2&job_id=3",
      "limit[]=1",
      "a=%",
      "a=%ff%fe",
      "%00=%00",
      "a+b=c+d",
      "&&&=&=",
      "limit=%31",
      `cursor=${"A".repeat(600)}`,
      `metadata=${"[".repeat(7_900)}${"]".repeat(7_900)}`,
      `metadata={"a":${"[".repeat(7_900)}${"]".repeat(7_900)}}`,
      Array.from({ length: 1_500 }, (_, no) => `p${no}=`).join("&"),
      "priority=5&".repeat(300),
    ),
    weight: 5,
  },
  {
    arbitrary: fc.tuple(hostileText, hostileText).map(([name, value]) => `${encoded(name)}=${encoded(value)}`),
    weight: 1,
  },
);

/** Otherwise written, or broken. */
export function anyTarget(target: string): fc.Arbitrary<string> {
  const [path = "", ...query] = target.split(/(?=\?)/);
  const rest = query.join("");
  const segments = path.split("/");
  const place = fc.nat({ max: Math.max(0, path.length - 1) });
  return fc.oneof(
    fc.constantFrom(
      `http://127.0.0.1${target}`,
      `http://evil.example:99${target}`,
      `HTTP://127.0.0.1${target}`,
      `//127.0.0.1${target}`,
      `/${target}`,
      `${path}/${rest}`,
      `${path}//${rest}`,
      `/api/v1/..${target}`,
      `/.${target}`,
      `/x/%2e%2e${target}`,
      `${path}/..${rest}`,
      `${path};a=b${rest}`,
      `${path}#${rest}`,
      `${path}%00${rest}`,
      `${path}%2f${rest}`,
      `${path}%${rest}`,
      `${path}%zz${rest}`,
      `${path}%c0%ae${rest}`,
      `${path}${"/a".repeat(50)}${rest}`,
      `${path}${"a".repeat(120)}${rest}`,
      `${path}?${"a".repeat(20_000)}`,
      `${path} ${rest}`,
      `${path}\x00${rest}`,
      `${path}\xff\xfe${rest}`,
      `${path}\\${rest}`,
      path.toUpperCase(),
      segments.join("%2F"),
      segments.join("//"),
      segments.toReversed().join("/"),
      "*",
      "127.0.0.1:80",
      "",
      "?",
      "x",
    ),
    // A letter of it in its longer form.
    place.map((at) => `${path.slice(0, at)}${percent(path.charAt(at))}${path.slice(at + 1)}${rest}`),
    place.map((at) => target.slice(0, at) || "/"),
  );
}

const percent = (sign: string) => `%${(sign.charCodeAt(0) % 256).toString(16).padStart(2, "0")}`;

export const strayTargets: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "/",
    "/jobs",
    "/jobs/7",
    "/stores/S1",
    "/submit",
    "/health",
    "/webhooks",
    "/icon.svg",
    "/assets/",
    "/assets/x.js",
    "/assets/..%2f..%2f..%2fpackage.json",
    "/assets/../../package.json",
    "/assets/%2e%2e/index.html",
    "/assets/.%00/x",
    "/docs",
    "/docs/",
    "/docs/json",
    "/docs/yaml",
    "/docs/static/index.html",
    "/docs/static/..%2f..%2fpackage.json",
    "/docs/static/%5c..%5c",
    "/openapi.json",
    "/favicon.ico",
    "/robots.txt",
    "/.env",
    "/.git/config",
    "/api",
    "/api/",
    "/api/v1",
    "/api/v1/",
    "/api/v2/jobs",
    "/api/v1/__proto__",
    "/api/v1/jobs/1/constructor",
    "/api/v1/jobs/1/images/0/thumbnail/x",
    "/__proto__",
    "/constructor/prototype",
    "/hasOwnProperty",
  ),
  hostileText.map((text) => `/${encoded(text)}`),
  fc
    .array(fc.oneof(fc.constantFrom("api", "v1", "jobs", "keys", "..", ".", ""), hostileText.map(encoded)), {
      maxLength: 6,
    })
    .map((parts) => `/${parts.join("/")}`),
);
