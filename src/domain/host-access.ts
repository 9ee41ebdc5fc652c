/**
 * What a tenant sends to hosts and buckets that ask who is there, by kinds. Each kind has an open part, which lists and pages show, and a secret part,
 * which leaves the service towards its host only: never to a log, an answer, an event or a metric. Types only.
 *
 * A row is found by its pattern (`host-pattern.ts`), the kind follows from the pattern's scheme: `web` for hosts, `s3` for `s3://` and `gs://`
 * (interoperability keys), `azure` for `az://`.
 */

export const ACCESS_KINDS = ["web", "s3", "azure"] as const;
export type AccessKind = (typeof ACCESS_KINDS)[number];

/** A header or a query parameter, as it is sent. */
export type NamedValue = readonly [name: string, value: string];

export type AccessSettings =
  | {
      readonly kind: "web";
      readonly headerNames: readonly string[];
      readonly queryNames: readonly string[];
      /** In place of Storewalk's own, to this host. */
      readonly userAgent: string | null;
      /** The secret part may travel over http. */
      readonly overHttp: boolean;
    }
  | {
      readonly kind: "s3";
      readonly accessKeyId: string;
      readonly hasSessionToken: boolean;
      /** `https://host[:port]` of what is not AWS; null for AWS, or for Google's at `gs://`. */
      readonly endpoint: string | null;
      readonly region: string | null;
      /** The bucket in the path and not in the host's name; null for what is usual there. */
      readonly pathStyle: boolean | null;
      readonly requesterPays: boolean;
      /** The endpoint may be one of http. */
      readonly overHttp: boolean;
    }
  | {
      readonly kind: "azure";
      readonly account: string;
      /** In place of `https://ACCOUNT.blob.core.windows.net`; may have a path. */
      readonly endpoint: string | null;
      readonly by: "key" | "sas";
      readonly overHttp: boolean;
    };

export type AccessSecret =
  | { readonly kind: "web"; readonly headers: readonly NamedValue[]; readonly query: readonly NamedValue[] }
  | { readonly kind: "s3"; readonly secretAccessKey: string; readonly sessionToken: string | null }
  /** The account's key, or the text of a shared access signature. */
  | { readonly kind: "azure"; readonly secret: string };

type Opened<Kind extends AccessKind> = { readonly pattern: string } & Extract<AccessSettings, { readonly kind: Kind }> &
  Extract<AccessSecret, { readonly kind: Kind }>;

export type WebAccess = Opened<"web">;
export type S3Access = Opened<"s3">;
export type AzureAccess = Opened<"azure">;

/** It holds for a URL, but its secret part cannot be read here: nothing may be sent in its place. */
export type UnusableAccess = { readonly kind: "unusable"; readonly pattern: string; readonly why: string };

export type HostAccess = WebAccess | S3Access | AzureAccess | UnusableAccess;
