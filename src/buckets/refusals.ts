/**
 * What a bucket's service means by a refusal, and what to do about it. Goes by the codes that the services name, never by their sentences, which
 * change; those of S3 are Google's and MinIO's too. Knows no request.
 */
import { type ErrorCode, ImageFault } from "../domain/error-codes.ts";
import { textOf } from "./answer-xml.ts";

export type Answered = {
  readonly status: number;
  /** As the service names it; empty where it does not. */
  readonly code: string;
  /** Where the bucket is, when the service tells. */
  readonly region: string | null;
  /** The service's clock, null when it cannot be read. */
  readonly date: number | null;
};

/** `header` gives a header's text, empty when it is absent. */
export function answeredBy(status: number, header: (name: string) => string, body: string): Answered {
  const date = Date.parse(header("date"));
  return {
    status,
    code: header("x-ms-error-code") || (textOf(body, "Code") ?? ""),
    region: regionIn(header("x-amz-bucket-region") || (textOf(body, "Region") ?? "")),
    date: Number.isNaN(date) ? null : date,
  };
}

/** It becomes part of a host's name. */
function regionIn(text: string): string | null {
  return /^[a-z0-9-]{1,40}$/.test(text) ? text : null;
}

/** Codes that name the wrong region, or the wrong host for it. */
export const WRONG_REGION: ReadonlySet<string> = new Set([
  "PermanentRedirect",
  "TemporaryRedirect",
  "AuthorizationHeaderMalformed",
  "IllegalLocationConstraintException",
]);

export const TOO_SKEWED = "RequestTimeTooSkewed";

type Rule = readonly [code: ErrorCode, sentence: string];

const WRONG_SECRET: Rule = [
  "forbidden",
  "the credentials are not right: the secret does not belong to the key; store them anew",
];
const WORN_OUT: Rule = ["forbidden", "the credentials have ended: store new ones"];
const MAY_NOT: Rule = [
  "forbidden",
  "the credentials may not read it; they need s3:GetObject for it, and s3:ListBucket, without which a missing key is answered in the same way",
];
const IN_ARCHIVE: Rule = ["archived", "it lies in an archive: restore it there, then retry"];
const NO_BUCKET: Rule = ["not_found", "there is no such bucket"];
const AZURE_MAY_NOT: Rule = ["forbidden", "the credentials may not read it"];

const RULES: Readonly<Record<string, Rule>> = {
  NoSuchKey: ["not_found", "there is no such key"],
  NoSuchBucket: NO_BUCKET,
  InvalidBucketName: NO_BUCKET,
  AccessDenied: MAY_NOT,
  AllAccessDisabled: MAY_NOT,
  AccountProblem: ["forbidden", "the account that owns the bucket is closed or not paid for"],
  InvalidAccessKeyId: ["forbidden", "the service knows no such access key: it was removed, or belongs elsewhere"],
  SignatureDoesNotMatch: WRONG_SECRET,
  InvalidSecurity: WRONG_SECRET,
  ExpiredToken: WORN_OUT,
  InvalidToken: WORN_OUT,
  TokenRefreshRequired: WORN_OUT,
  InvalidObjectState: IN_ARCHIVE,
  UserProjectMissing: [
    "forbidden",
    "whoever reads this bucket pays for it (requester pays), which interoperability keys of Google cannot; give them a bucket of their own",
  ],
  BlobNotFound: ["not_found", "there is no such blob"],
  ResourceNotFound: ["not_found", "there is no such blob"],
  ContainerNotFound: ["not_found", "there is no such container"],
  ContainerDisabled: ["not_found", "the container is disabled"],
  ContainerBeingDeleted: ["not_found", "the container is being deleted"],
  AccountIsDisabled: ["forbidden", "the account is disabled"],
  AuthenticationFailed: ["forbidden", "the credentials are not right, or have ended; store them anew"],
  InvalidAuthenticationInfo: ["forbidden", "the credentials are not right; store them anew"],
  NoAuthenticationInformation: AZURE_MAY_NOT,
  AuthorizationFailure: [
    "forbidden",
    "the credentials are not right, or a network rule of the account keeps this machine out",
  ],
  AuthorizationPermissionMismatch: AZURE_MAY_NOT,
  AuthorizationResourceTypeMismatch: AZURE_MAY_NOT,
  AuthorizationServiceMismatch: AZURE_MAY_NOT,
  AuthorizationProtocolMismatch: AZURE_MAY_NOT,
  AuthorizationSourceIPMismatch: ["forbidden", "the credentials do not hold for this machine's address"],
  InsufficientAccountPermissions: AZURE_MAY_NOT,
  PublicAccessNotPermitted: AZURE_MAY_NOT,
  BlobArchived: IN_ARCHIVE,
  BlobBeingRehydrated: ["archived", "it is being brought back from an archive: retry when it is there"],
};

/** Null for what the status alone tells. `what` names the object or the bucket, with its service. */
export function faultOfAnswer(answered: Answered, what: string): ImageFault | null {
  const rule = Object.hasOwn(RULES, answered.code) ? RULES[answered.code] : undefined;
  if (rule === undefined) return null;
  const [code, sentence] = rule;
  return new ImageFault(code, `${what}: ${sentence} (${answered.code})`);
}
