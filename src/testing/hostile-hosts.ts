/**
 * Hosts that misbehave, one a line: what each does on the wire, byte by byte, and the code that an image on it must end with. Read by
 * the fetcher's suite and by the job that meets them all. Tests only.
 */
import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import type { ErrorCode } from "../domain/error-codes.ts";
import { aJpeg, aPng } from "./image-bytes.ts";
import { drip, pour, type RawHost } from "./raw-host.ts";

export type HostileHost = {
  /** Goes on from "a host that". */
  readonly name: string;
  readonly ends: ErrorCode | "measured";
  readonly host: RawHost;
};

/** Limits under which each host below comes to its end soon. */
export const HOSTILE_LIMITS = { maxImageBytes: 300_000, maxAttempts: 2 } as const;

/** Of a host that says nothing more: it ends so whatever the machine. Of any other, so long that on no machine it is the deadline that ends it. */
export function deadlinesFor({ ends }: Pick<HostileHost, "ends">) {
  return ends === "timeout"
    ? { imageDeadlineMs: 3_000, connectMs: 1_000 }
    : { imageDeadlineMs: 300_000, connectMs: 300_000 };
}

/** What a host sends that is asked for nothing but an image. */
export const PHOTO = aPng({ width: 21, height: 13 });
const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;
const DRIP_MS = 20;
/** The beginning of a JPEG whose scan goes on as long as somebody likes. */
const ENDLESS_JPEG = aJpeg({ width: 4_000, height: 3_000 }).subarray(0, 2_000);

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
const latin1 = (words: string) => Buffer.from(words, "latin1");
const withLength = (body: Uint8Array, headers = "") =>
  `${OK}${headers}content-length: ${body.length}\r\n\r\n${text(body)}`;
const chunk = (body: string) => `${body.length.toString(16)}\r\n${body}\r\n`;

function answering(name: string, ends: HostileHost["ends"], answer: (socket: Socket) => void): HostileHost {
  return { name, ends, host: { kind: "answer", answer } };
}

/** These very characters, a byte each, and the connection stays open. */
function saying(name: string, ends: HostileHost["ends"], words: string): HostileHost {
  return answering(name, ends, (socket) => void socket.write(words, "latin1"));
}

/** These very characters, then its end. */
function parting(name: string, ends: HostileHost["ends"], words: string): HostileHost {
  return answering(name, ends, (socket) => void socket.end(words, "latin1"));
}

const ENDLESS: readonly HostileHost[] = [
  answering("sends interim answers without end", "http_error", (socket) =>
    pour(socket, "HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n".repeat(50)),
  ),
  saying("continues what nobody began", "http_error", "HTTP/1.1 100 Continue\r\n\r\n"),
  answering("drips its headers", "timeout", (socket) => drip(socket, `${OK}x-slow: `.padEnd(4_000, "x"), DRIP_MS)),
  answering("drips header after header", "timeout", (socket) => {
    socket.write(OK);
    drip(socket, "x-slow: 1\r\n", DRIP_MS);
  }),
  answering("drips its body", "timeout", (socket) => {
    socket.write(`${OK}content-length: 100000\r\n\r\n`);
    drip(socket, text(ENDLESS_JPEG), DRIP_MS);
  }),
  answering("drips chunks of one byte", "timeout", (socket) => {
    socket.write(CHUNKED);
    drip(socket, "1\r\n\xff\r\n", DRIP_MS);
  }),
  answering("never comes to its body's end", "body_too_large", (socket) => {
    socket.write(`${OK}content-length: 999999999999\r\n\r\n`);
    socket.write(ENDLESS_JPEG);
    pour(socket, new Uint8Array(65_536));
  }),
  answering("never comes to its last chunk", "body_too_large", (socket) => {
    socket.write(latin1(CHUNKED + chunk(text(ENDLESS_JPEG))));
    pour(socket, latin1(chunk("\0".repeat(4_000))));
  }),
  answering("never ends a body without a length", "body_too_large", (socket) => {
    socket.write(`${OK}connection: close\r\n\r\n`);
    socket.write(ENDLESS_JPEG);
    pour(socket, new Uint8Array(65_536));
  }),
  answering("never ends a chunk's extension", "body_too_large", (socket) => {
    socket.write(`${CHUNKED}5`);
    pour(socket, `;a=${"x".repeat(4_000)}`);
  }),
  answering("extends thousands of chunks of one byte", "body_too_large", (socket) => {
    socket.write(CHUNKED);
    pour(socket, latin1(`1;${"x".repeat(8_000)}\r\n\xff\r\n`));
  }),
  answering("never ends its trailers", "http_error", (socket) => {
    socket.write(latin1(`${CHUNKED}${chunk(text(ENDLESS_JPEG))}0\r\n`));
    pour(socket, "x-trailer: 1\r\n".repeat(100));
  }),
  answering("never ends a header", "http_error", (socket) => {
    socket.write(`${OK}x-bomb: `);
    pour(socket, "x".repeat(4_096));
  }),
  answering("never ends its headers", "http_error", (socket) => {
    socket.write(OK);
    pour(socket, "a: b\r\n".repeat(1_000));
  }),
  answering("never ends its status line", "body_too_large", (socket) => {
    socket.write("HTTP/1.1 200 ");
    pour(socket, "O".repeat(4_096));
  }),
  saying("sets five thousand cookies", "http_error", withLength(PHOTO, "set-cookie: a=b\r\n".repeat(5_000))),
  saying("sets a hundred cookies", "measured", withLength(PHOTO, "set-cookie: a=b\r\n".repeat(100))),
];

const LYING: readonly HostileHost[] = [
  parting("promises more than it sends", "connect_failed", `${OK}content-length: 500\r\n\r\n${text(PHOTO)}`),
  saying("promises more than it sends, and keeps still", "timeout", `${OK}content-length: 500\r\n\r\n${text(PHOTO)}`),
  saying("promises less than it sends", "truncated", `${OK}content-length: 40\r\n\r\n${text(PHOTO)}`),
  saying("has a body of -5 bytes", "http_error", `${OK}content-length: -5\r\n\r\n${text(PHOTO)}`),
  saying("has a body of 1e3 bytes", "http_error", `${OK}content-length: 1e3\r\n\r\n${text(PHOTO)}`),
  saying("has a body of 10^25 bytes", "http_error", `${OK}content-length: 1${"0".repeat(25)}\r\n\r\n${text(PHOTO)}`),
  saying("has two lengths", "http_error", `${OK}content-length: 69\r\ncontent-length: 70\r\n\r\n${text(PHOTO)}`),
  saying(
    "has a length and chunks",
    "http_error",
    `${OK}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n${chunk(text(PHOTO))}0\r\n\r\n`,
  ),
  saying("has a chunk of zz bytes", "http_error", `${CHUNKED}zz\r\n${text(PHOTO)}\r\n0\r\n\r\n`),
  saying("has a chunk of 2^80 bytes", "http_error", `${CHUNKED}${"f".repeat(20)}\r\n${text(PHOTO)}\r\n0\r\n\r\n`),
  parting("breaks off in a chunk", "connect_failed", `${CHUNKED}45\r\n${text(PHOTO.subarray(0, 30))}`),
  parting("never sends its last chunk", "connect_failed", CHUNKED + chunk(text(PHOTO))),
  ...[
    ["of other bytes", "bytes 5-73/74"],
    ["of more bytes than there are", "bytes 0-68/9"],
    ["backwards", "bytes 68-0/69"],
    ["without numbers", "bytes */69"],
    ["in pixels", "pixels 0-68/69"],
    ["beyond all numbers", `bytes 0-68/1${"0".repeat(20)}`],
    ["twice", "bytes 0-68/69\r\ncontent-range: bytes 0-68/70"],
  ].map(([name, range]) =>
    saying(
      `sends a part ${name}`,
      "http_error",
      `HTTP/1.1 206 Partial Content\r\ncontent-range: ${range}\r\ncontent-length: 69\r\n\r\n${text(PHOTO)}`,
    ),
  ),
  saying(
    "sends many parts at once",
    "http_error",
    "HTTP/1.1 206 Partial Content\r\ncontent-type: multipart/byteranges; boundary=x\r\ncontent-length: 5\r\n\r\n--x--",
  ),
  saying(
    "sends a part of fewer bytes than it says",
    "connect_failed",
    "HTTP/1.1 206 Partial Content\r\ncontent-range: bytes 0-68/69\r\ncontent-length: 5\r\n\r\n12345",
  ),
  saying(
    "sends one byte of a large file at a time",
    "http_error",
    "HTTP/1.1 206 Partial Content\r\ncontent-range: bytes 0-0/90000\r\ncontent-length: 1\r\n\r\n\xff",
  ),
  saying(
    "has nothing of any range",
    "empty_body",
    "HTTP/1.1 416 Range Not Satisfiable\r\ncontent-range: bytes */0\r\ncontent-length: 0\r\n\r\n",
  ),
  saying(
    "refuses every range, and the whole file",
    "http_error",
    "HTTP/1.1 416 Range Not Satisfiable\r\ncontent-length: 0\r\n\r\n",
  ),
  saying("says that nothing has changed", "http_error", "HTTP/1.1 304 Not Modified\r\n\r\n"),
  saying(
    "says that nothing has changed, and what",
    "http_error",
    `HTTP/1.1 304 Not Modified\r\ncontent-length: 69\r\n\r\n${text(PHOTO)}`,
  ),
  saying("has no content", "empty_body", "HTTP/1.1 204 No Content\r\n\r\n"),
  saying(
    "has no content, and sends it",
    "empty_body",
    `HTTP/1.1 204 No Content\r\ncontent-length: 69\r\n\r\n${text(PHOTO)}`,
  ),
  saying("sends an empty file", "empty_body", `${OK}content-length: 0\r\n\r\n`),
  saying(
    "packs its file",
    "http_error",
    withLength(gzipSync(new Uint8Array(100_000_000)), "content-encoding: gzip\r\n"),
  ),
  saying("packs its file without a word", "not_an_image", withLength(gzipSync(PHOTO))),
  saying(
    "packs its transfer",
    "not_an_image",
    `${OK}transfer-encoding: gzip, chunked\r\n\r\n${chunk(text(gzipSync(PHOTO)))}0\r\n\r\n`,
  ),
];

const REDIRECTING: readonly HostileHost[] = (
  [
    ["to where it is", "too_many_redirects", "location: ?\r\n"],
    ["to another part of the same page", "too_many_redirects", "location: #a\r\n"],
    ["to two places", "too_many_redirects", "location: /a\r\nlocation: /b\r\n"],
    ["to a program", "invalid_url", "location: javascript:alert(1)\r\n"],
    ["to a file", "invalid_url", "location: file:///etc/passwd\r\n"],
    ["to a private address", "blocked_address", "location: http://169.254.169.254/latest/\r\n"],
    ["to a URL of 9,000 characters", "invalid_url", `location: /${"a".repeat(9_000)}\r\n`],
    ["without a place", "http_error", ""],
  ] as const
).map(([where, ends, location]) =>
  saying(`redirects ${where}`, ends, `HTTP/1.1 302 Found\r\n${location}content-length: 0\r\n\r\n`),
);

const STRANGE: readonly HostileHost[] = [
  saying(
    "switches to another protocol",
    "http_error",
    "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
  ),
  parting("speaks HTTP/0.9", "http_error", text(PHOTO)),
  parting("speaks HTTP/0.9, in words", "http_error", "<html>hello</html>"),
  parting("begins with HTTP/2", "http_error", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  parting(
    "sends the settings of HTTP/2",
    "http_error",
    "\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x64\0\x04\0\0\xff\xff\0\x06\0\0\x40\0",
  ),
  parting("speaks ICY", "http_error", `ICY 200 OK\r\n\r\n${text(PHOTO)}`),
  parting("whispers http", "http_error", `http/1.1 200 ok\r\ncontent-length: 69\r\n\r\n${text(PHOTO)}`),
  parting("speaks HTTP/1.0 until it has said all", "measured", `HTTP/1.0 200 OK\r\n\r\n${text(PHOTO)}`),
  parting("gives no reason", "measured", `HTTP/1.1 200\r\ncontent-length: 69\r\n\r\n${text(PHOTO)}`),
  saying("has a status of 999", "http_error", "HTTP/1.1 999 Request Denied\r\ncontent-length: 0\r\n\r\n"),
  saying("has a status of 20", "http_error", "HTTP/1.1 20 OK\r\ncontent-length: 0\r\n\r\n"),
  saying("folds a header", "http_error", withLength(PHOTO, "x-folded: a\r\n b\r\n")),
  saying("folds its length", "http_error", `${OK}content-length:\r\n 69\r\n\r\n${text(PHOTO)}`),
  saying("has a zero in a header", "http_error", withLength(PHOTO, "x-zero: a\0b\r\n")),
  saying("has a space in a header's name", "http_error", withLength(PHOTO, "x zero: a\r\n")),
  saying(
    "splits its answer in two by what a header says",
    "truncated",
    `${OK}x-said: a\r\ncontent-length: 40\r\n\r\n${text(PHOTO)}`,
  ),
  saying(
    "ends its lines with half a line's end",
    "http_error",
    `HTTP/1.1 200 OK\ncontent-length: 69\n\n${text(PHOTO)}`,
  ),
];

const BREAKING: readonly HostileHost[] = [
  answering("resets the connection", "connect_failed", (socket) => socket.resetAndDestroy()),
  answering("resets the connection amid its headers", "connect_failed", (socket) => {
    socket.write(`${OK}content-le`, () => socket.resetAndDestroy());
  }),
  answering("resets the connection amid its body", "connect_failed", (socket) => {
    socket.write(`${OK}content-length: 500\r\n\r\n${text(PHOTO)}`, "latin1", () => socket.resetAndDestroy());
  }),
  answering("hangs up", "connect_failed", (socket) => socket.destroy()),
  parting("hangs up amid its status", "connect_failed", "HTTP/1.1 2"),
  answering("is done speaking, and listens on", "connect_failed", (socket) => void socket.end()),
  answering("never answers", "timeout", () => {}),
  {
    name: "resets whoever connects",
    ends: "connect_failed",
    host: { kind: "connect", connect: (socket) => socket.resetAndDestroy() },
  },
  { name: "never reads", ends: "timeout", host: { kind: "connect", connect: (socket) => void socket.pause() } },
  {
    name: "greets before it is asked",
    ends: "http_error",
    host: { kind: "connect", connect: (socket) => void socket.write("220 mail.example ESMTP\r\n") },
  },
];

export const HOSTILE_HOSTS: readonly HostileHost[] = [...ENDLESS, ...LYING, ...REDIRECTING, ...STRANGE, ...BREAKING];
