/** Credentials of hosts as the API takes them in and shows them: secrets come in and never go out, in no sentence about what is wrong with them either. */
import { type Static, Type } from "typebox";
import type { KeptAccess } from "../../access/access-keeper.ts";
import { ACCESS_KINDS } from "../../domain/host-access.ts";
import { Instant, OrNull } from "../schemas.ts";
import { instant } from "./job-schema.ts";
import { TenantChoice } from "./whose.ts";

const MOST_VALUES = 10;
const MOST_SECRET = 8_192;

/** No text of its value stands in an answer. */
const secretText = (description: string) =>
  Type.String({
    minLength: 1,
    maxLength: MOST_SECRET,
    pattern: "^[\\u0020-\\u007e]*$",
    description,
    "x-secret": true,
    "x-wanted": `visible ASCII text of 1 to ${MOST_SECRET} characters`,
  });
const shortText = (most: number, description: string) =>
  Type.String({
    minLength: 1,
    maxLength: most,
    pattern: "^[\\u0020-\\u007e]*$",
    description,
    // Somebody may have put a secret in the wrong place.
    "x-secret": true,
    "x-wanted": `visible ASCII text of 1 to ${most} characters`,
  });
const values = (description: string) =>
  Type.Record(Type.String(), secretText("Sent as it is"), { maxProperties: MOST_VALUES, description });
const Endpoint = Type.String({
  minLength: 1,
  maxLength: 500,
  pattern: "^https?://[^\\s?#@]+$",
  description: "Of a service that is not the usual one",
  "x-secret": true,
  "x-wanted": "an http or https URL without user, query or #",
});
const OverHttp = Type.Boolean({ description: "Credentials may go over http as well; false if not given" });

export const Pattern = Type.String({
  minLength: 1,
  maxLength: 1_000,
  "x-secret": true,
  description:
    "host, *.domain, host:port or host/path, or s3://bucket/prefix, gs://bucket, az://container, with * for all buckets",
});

const S3 = Type.Object(
  {
    access_key_id: shortText(200, "Shown in lists"),
    secret_access_key: secretText("Signs each request"),
    session_token: Type.Optional(secretText("Of credentials that end")),
    endpoint: Type.Optional(Endpoint),
    region: Type.Optional(shortText(100, "us-east-1 if not given")),
    path_style: Type.Optional(
      Type.Boolean({ description: "The bucket stands in the path; if not given, where there is an endpoint" }),
    ),
    requester_pays: Type.Optional(Type.Boolean({ description: "Says that the caller pays; false if not given" })),
    over_http: Type.Optional(OverHttp),
  },
  {
    title: "NewS3Access",
    additionalProperties: false,
    description: "For s3:// and, with interoperability keys, gs://",
  },
);
const Azure = Type.Object(
  {
    account: shortText(100, "Shown in lists"),
    account_key: Type.Optional(secretText("Either this or sas")),
    sas: Type.Optional(secretText("A shared access signature: a query string")),
    endpoint: Type.Optional(Endpoint),
    over_http: Type.Optional(OverHttp),
  },
  { title: "NewAzureAccess", additionalProperties: false, description: "For az://" },
);

const wishes = {
  headers: Type.Optional(values("Authorization, X-…, and names that end in key, token, secret or client-id")),
  query: Type.Optional(values("Parameters that are added to the URL's query")),
  user_agent: Type.Optional(
    OrNull(shortText(300, "Names you and where to complain"), "In place of Storewalk's own; null for that"),
  ),
  over_http: Type.Optional(OverHttp),
  s3: Type.Optional(S3),
  azure: Type.Optional(Azure),
};
export const NewAccess = Type.Object(
  { pattern: Pattern, tenant: Type.Optional(TenantChoice), ...wishes },
  { title: "NewHostAccess", additionalProperties: false },
);
export const AccessChange = Type.Object(wishes, {
  title: "HostAccessChange",
  additionalProperties: false,
  description: "What is left out stays as it is; s3 and azure are given whole",
});

const Names = Type.Array(Type.String());
export const Access = Type.Object(
  {
    id: Type.String(),
    tenant: Type.String(),
    pattern: Pattern,
    kind: Type.Enum([...ACCESS_KINDS]),
    headers: Type.Array(Type.String(), { description: "Names of headers; no value is ever shown" }),
    query: Names,
    user_agent: OrNull(Type.String(), "Null for Storewalk's own"),
    over_http: Type.Boolean(),
    s3: OrNull(
      Type.Object(
        {
          access_key_id: Type.String(),
          has_session_token: Type.Boolean(),
          endpoint: OrNull(Type.String(), "Null for the usual one"),
          region: OrNull(Type.String(), "Null for the usual one"),
          path_style: OrNull(Type.Boolean(), "Null for what is usual there"),
          requester_pays: Type.Boolean(),
        },
        { title: "S3Access" },
      ),
      "Null for other kinds",
    ),
    azure: OrNull(
      Type.Object(
        {
          account: Type.String(),
          endpoint: OrNull(Type.String(), "Null for the usual one"),
          by: Type.Enum(["key", "sas"]),
        },
        { title: "AzureAccess" },
      ),
      "Null for other kinds",
    ),
    problem: OrNull(Type.String(), "Why it cannot be used; null when it can"),
    created_at: Instant,
    rotated_at: { ...Instant, description: "When its secret was set last" },
  },
  { title: "HostAccess", description: "Credentials for hosts or buckets, without what is secret" },
);

export function accessView({ settings, createdAt, rotatedAt, ...row }: KeptAccess): Static<typeof Access> {
  const isWeb = settings.kind === "web";
  return {
    id: row.id,
    tenant: row.tenant,
    pattern: row.pattern,
    kind: settings.kind,
    headers: isWeb ? [...settings.headerNames] : [],
    query: isWeb ? [...settings.queryNames] : [],
    user_agent: isWeb ? settings.userAgent : null,
    over_http: settings.overHttp,
    s3:
      settings.kind === "s3"
        ? {
            access_key_id: settings.accessKeyId,
            has_session_token: settings.hasSessionToken,
            endpoint: settings.endpoint,
            region: settings.region,
            path_style: settings.pathStyle,
            requester_pays: settings.requesterPays,
          }
        : null,
    azure:
      settings.kind === "azure" ? { account: settings.account, endpoint: settings.endpoint, by: settings.by } : null,
    problem: row.problem,
    created_at: instant(createdAt),
    rotated_at: instant(rotatedAt),
  };
}
