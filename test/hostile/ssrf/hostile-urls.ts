/** Every URL that the test submits, each with the one code that must come of it. */
import type { ErrorCode } from "../../../src/domain/error-codes.ts";
import { PRIVATE_HOSTS } from "../../../src/testing/private-hosts.ts";
import { NAMES_TO_NOWHERE, NAMES_TO_PRIVATE, NAMES_WITHOUT_ANSWER } from "./hostile-names.ts";
import { HONEST_V4 } from "./public-addresses.ts";

export type HostileUrl = {
  readonly url: string;
  readonly code: ErrorCode;
  /** What comes of it as the target of a redirect, where that is another code; null when no header can carry it. */
  readonly redirected: ErrorCode | null;
};

function all(code: ErrorCode, urls: readonly string[], redirected: ErrorCode | null = code): readonly HostileUrl[] {
  return urls.map((url) => ({ url, code, redirected }));
}

const PRIVATE_SHAPES = [
  "https://169.254.169.254/latest/meta-data/iam/security-credentials/",
  "https://localhost/",
  "https://[fd00:ec2::254]/",
  "HTTP://10.0.0.1/",
  "hTTps://10.0.0.1/",
  "http://10.0.0.1:443/",
  "https://10.0.0.1:80/",
  "http://10.0.0.1:8000/",
  "http://127.0.0.1:65535/",
  "http://127.0.0.1:01024/",
  "http://127.0.0.1:/",
  "http://[::1]:8000/",
  "https://cname.test:8443/",
  "http:\\\\169.254.169.254\\latest\\meta-data",
  "http:////10.0.0.1/",
  "http:///10.0.0.1/",
  "http:\\/\\/10.0.0.1/",
  "http://@10.0.0.1/",
  "http://:@10.0.0.1/",
  `http://10.0.0.1\\@${HONEST_V4}/`,
  `http://10.0.0.1#@${HONEST_V4}/`,
  `http://10.0.0.1?@${HONEST_V4}/`,
  `http://10.0.0.1/@${HONEST_V4}/../..`,
  `http://10.0.0.1/%2e%2e/http://${HONEST_V4}/`,
];

/** They say one host to a careless reader and lead to an honest one, which has no such file. */
const PUBLIC_SHAPES = [
  `http://${HONEST_V4}\\@10.0.0.1/`,
  `http://${HONEST_V4}#@10.0.0.1/`,
  `http://${HONEST_V4}?@10.0.0.1/`,
  `http://${HONEST_V4}/@10.0.0.1/`,
  `http://${HONEST_V4}/http://10.0.0.1/`,
  `http://${HONEST_V4}//10.0.0.1/`,
  `http://${HONEST_V4}/?url=http://169.254.169.254/`,
];

const NO_URLS = [
  ...[
    "http://",
    "http:///",
    "http://?",
    "http://#",
    "http://:80/",
    "http://%/",
    "http://[::1",
    "http://::1/",
    "http://[::1]a/",
  ],
  ...[
    "http://[fe80::1%25lo]/",
    "http://[fe80::1%lo]/",
    "http://[::1%25]/",
    "http://[::ffff:127.0.0.1%25lo]/",
    "http://[v1.10]/",
  ],
  ...["http://256.0.0.1/", "http://127.0.0.1.1/", "http://0x100000000/", "http://127.0.0.0x100/", "http://08.0.0.1/"],
  ...["http://127.0.0.1:65536/", "http://127.0.0.1:-1/", "http://127.0.0.1:80a/", "http://10.0.0.1%00.test/"],
  ...["http://10.0.0.1%0a/", "http://10.0.0.1%20/", "http://10.0.0.1%2f/", "http://10.0.0.1%23.test/"],
  ...["http://10.0.0.1|/", "http://<10.0.0.1>/", "http://10.0.0.1^/"],
  // Read, and refused: user names, ports of other services, other schemes, length.
  ...[`http://${HONEST_V4}@10.0.0.1/`, "http://a:b@10.0.0.1/", "http://:b@10.0.0.1/", `http://10.0.0.1@${HONEST_V4}/`],
  ...[
    "http://10.0.0.1%40a@10.0.0.1/",
    "http://127.0.0.1:22/",
    "http://127.0.0.1:25/",
    "http://127.0.0.1:0/",
    "https://127.0.0.1:81/",
  ],
  ...[
    "http://localhost:1023/",
    "ftp://10.0.0.1/",
    "gopher://10.0.0.1:80/_GET",
    "dict://127.0.0.1:80/",
    "ldap://10.0.0.1:80/",
  ],
  ...[
    "ws://10.0.0.1/",
    "wss://10.0.0.1/",
    "data:image/png;base64,AA",
    "blob:http://10.0.0.1/x",
    "view-source:http://10.0.0.1/",
  ],
  ...[
    "jar:http://10.0.0.1!/x",
    "netdoc:///etc/passwd",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
    "unix:/var/run/docker.sock",
  ],
  ...[
    "upload:../../etc/passwd",
    "localhost:80",
    "javascript:fetch('http://10.0.0.1')",
    `http://10.0.0.1/${"a".repeat(8_200)}`,
  ],
];

const NO_NAMES = [
  `http://${"a".repeat(64)}.test/`,
  `http://${"a.".repeat(130)}test/`,
  "http://a..test/",
  "http://.test/",
  "http://*/",
  "http://xn--a/",
  "http://loсalhost/",
  "http://lоcalhоst/",
  "http://ⅼocalhost。evil.example/",
];

export const HOSTILE_URLS: readonly HostileUrl[] = [
  ...all(
    "blocked_address",
    [...PRIVATE_HOSTS, ...NAMES_TO_PRIVATE].map((host) => `http://${host}/`),
  ),
  ...all("blocked_address", PRIVATE_SHAPES),
  ...all("not_found", PUBLIC_SHAPES),
  ...all(
    "dns_failed",
    [...NAMES_TO_NOWHERE, ...NAMES_WITHOUT_ANSWER].map((name) => `http://${name}/`),
  ),
  ...all("dns_failed", NO_NAMES),
  ...all("invalid_url", NO_URLS),
  // A header has no line ends and begins behind its blanks; what is written as %XX in it has none of the characters that are refused as such.
  ...all("invalid_url", ["http://10.0.\n0.1/", "http://10.0.0.1/\r\nHost: a.test"], null),
  ...all("blocked_address", ["\nhttp://10.0.0.1/"], null),
  ...all("blocked_address", [" http://10.0.0.1/", "\thttp://10.0.0.1/", "http://10.0.0.1/ ", "http://10.0.0.1/\u00a0"]),
  ...all("blocked_address", ["http://10.0.0.1/a b", `http://10.0.0.1/ http://${HONEST_V4}/`]),
  ...all("invalid_url", ["http://10.0.0.1 /", `http://10.0.0.1 @${HONEST_V4}/`]),
  ...all("invalid_url", ["http://10.0.0.\u200b1/", "http://loc\u00adalhost/"], "blocked_address"),
  // Relative to the host that redirects.
  ...all(
    "invalid_url",
    ["//10.0.0.1/", "///10.0.0.1/", "\\\\10.0.0.1\\", "/\\10.0.0.1/", "\\/10.0.0.1/"],
    "blocked_address",
  ),
  ...all("invalid_url", ["10.0.0.1", "10.0.0.1:80", "/10.0.0.1/", "?10.0.0.1"], "not_found"),
  ...all("blocked_address", ["\ufeffhttp://10.0.0.1/"], "not_found"),
  ...["http:/10.0.0.1/", "http:10.0.0.1", "http:\\10.0.0.1"].map(
    (url): HostileUrl => ({ url, code: "blocked_address", redirected: "not_found" }),
  ),
  { url: "https:/10.0.0.1/", code: "blocked_address", redirected: "blocked_address" },
];

/** As a header carries it: ASCII only. */
export function locationOf(url: string): string {
  return url.replace(/\P{ASCII}+/gu, encodeURIComponent);
}
