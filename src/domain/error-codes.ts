/**
 * The fixed list of reasons for which an image can fail, each with a sentence for people.
 * A code is public: it stands in results, reports and metrics. Codes are added, never renamed.
 */

type ErrorRule = {
  /** What the code tells the person who reads a report. */
  readonly about: string;
  /** Whether another attempt within the image's deadline may succeed. */
  readonly retryable: boolean;
};

export const ERROR_CODES = {
  unknown_store: { about: "the visit's store is not in the store master", retryable: false },
  invalid_url: { about: "the URL cannot be fetched as written", retryable: false },
  blocked_address: { about: "the URL leads to an address that may not be fetched", retryable: false },
  dns_failed: { about: "the host's name could not be resolved", retryable: true },
  connect_failed: { about: "no connection to the host, or it broke", retryable: true },
  tls_failed: { about: "the host's certificate or TLS handshake was refused", retryable: false },
  timeout: { about: "the host did not answer in time", retryable: true },
  too_many_redirects: { about: "the redirects did not come to an end", retryable: false },
  not_found: { about: "the host has no such image (404 or 410)", retryable: false },
  forbidden: { about: "the host refused access (401 or 403)", retryable: false },
  url_expired: { about: "the signed URL is past its time", retryable: false },
  archived: { about: "the object lies in an archive and must be restored first", retryable: false },
  rate_limited: { about: "the host asked to slow down for longer than it was waited for", retryable: true },
  http_error: {
    about: "the host answered with another error status, or with what is no HTTP answer",
    retryable: false,
  },
  host_unavailable: { about: "the host was given up before the image was asked for", retryable: true },
  body_too_large: { about: "the image has more bytes than allowed", retryable: false },
  empty_body: { about: "the host sent no bytes", retryable: false },
  not_an_image: { about: "the bytes are not an image", retryable: false },
  unsupported_format: { about: "the image's format cannot be measured", retryable: false },
  truncated: { about: "the image's end is missing", retryable: false },
  corrupt: { about: "the image's data contradict themselves", retryable: false },
  zero_dimension: { about: "the image says that its width or height is zero", retryable: false },
  too_many_pixels: { about: "the image has more pixels than allowed", retryable: false },
  poisoned: { about: "the image brought its worker down again and again", retryable: false },
  internal: { about: "a fault in Storewalk itself; please report it", retryable: false },
} as const satisfies Record<string, ErrorRule>;

export type ErrorCode = keyof typeof ERROR_CODES;

export type CountsByCode = Readonly<Partial<Record<ErrorCode, number>>>;

export const ERROR_CODE_NAMES: readonly ErrorCode[] = Object.keys(ERROR_CODES).filter(isErrorCode);

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CODES, text);
}

/** An image that cannot be fetched or measured, thrown inside the pipeline and turned into a failed outcome at its end. */
export class ImageFault extends Error {
  override readonly name = "ImageFault";
  readonly code: ErrorCode;

  /** `detail` is one sentence part for people: what was wrong, what was wanted, what came. */
  constructor(code: ErrorCode, detail: string, options?: { cause?: unknown }) {
    super(detail, options);
    this.code = code;
  }
}
