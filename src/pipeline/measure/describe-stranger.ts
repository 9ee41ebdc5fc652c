/**
 * Says what bytes of no known image format look like, for the person who reads the report.
 * Never passes on control characters or more than a few words of what a stranger's server sent.
 */
import { gunzipSync, constants as zlib } from "node:zlib";
import type { ErrorCode } from "../../domain/error-codes.ts";
import { hasText } from "./read-bytes.ts";

export type Stranger = {
  readonly code: Extract<ErrorCode, "not_an_image" | "unsupported_format">;
  readonly detail: string;
};

const SNIFFED_BYTES = 4096;
/** Deflate grows data at most 1,032-fold, so this bounds the inflated bytes as well. */
const SNIFFED_GZIP_BYTES = 512;
const QUOTED_CHARACTERS = 60;

const KNOWN: readonly (readonly [number, string, Stranger["code"], string])[] = [
  [0, "%PDF", "not_an_image", "a PDF document"],
  [0, "PK\u0003\u0004", "not_an_image", "a ZIP archive"],
  [0, "RIFF", "not_an_image", "a RIFF file that is not WebP"],
  [0, "\u001aE\u00df\u00a3", "not_an_image", "a Matroska or WebM video"],
  [4, "jP  ", "unsupported_format", "a JPEG 2000 image"],
  [0, "\u00ffO\u00ffQ", "unsupported_format", "a JPEG 2000 image"],
  [0, "DDS ", "unsupported_format", "a DDS texture"],
  [0, "icns", "unsupported_format", "an Apple icon"],
];

export function describeStranger(bytes: Uint8Array): Stranger {
  for (const [at, text, code, detail] of KNOWN) {
    if (hasText(bytes, at, text)) return { code, detail };
  }
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return describeGzip(bytes);
  return (
    describeText(bytes) ?? { code: "not_an_image", detail: `bytes of no known image format (${firstBytes(bytes)})` }
  );
}

/** Whether it is a page, as a person would see it, and not a file: told by its first 4 KB. */
export function isHtmlPage(bytes: Uint8Array): boolean {
  const text = decode(bytes.subarray(0, SNIFFED_BYTES));
  return text !== null && isHtml(text, rootElement(text));
}

function isHtml(text: string, root: string | null): boolean {
  return root === "html" || root === "head" || /^<!doctype\s+html/i.test(text);
}

function describeGzip(bytes: Uint8Array): Stranger {
  try {
    const inflated = gunzipSync(bytes.subarray(0, SNIFFED_GZIP_BYTES), { finishFlush: zlib.Z_SYNC_FLUSH });
    const inside = describeText(inflated);
    if (inside?.code === "unsupported_format") return { ...inside, detail: `${inside.detail}, compressed with gzip` };
  } catch {
    // Broken gzip is gzip none the less.
  }
  return { code: "not_an_image", detail: "gzip-compressed data" };
}

function describeText(bytes: Uint8Array): Stranger | null {
  const text = decode(bytes.subarray(0, SNIFFED_BYTES));
  if (text === null) return null;
  const root = rootElement(text);
  if (root === "svg") return { code: "unsupported_format", detail: "an SVG image, which has no size in pixels" };
  return { code: "not_an_image", detail: `${looksLike(text, root)}${quoted(text)}` };
}

function looksLike(text: string, root: string | null): string {
  if (isHtml(text, root)) return "an HTML page";
  if (text.startsWith("<?xml") || root === "error") return "an XML document such as an object store's error";
  if (/^<[a-z!]/i.test(text)) return "an HTML or XML document";
  if (/^[{[]/.test(text)) return "a JSON document";
  return "text";
}

/** The text by its byte order mark, else as UTF-8; null when it holds characters that no text has. */
function decode(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return null;
  const isLittle = bytes[0] === 0xff && bytes[1] === 0xfe;
  const isBig = bytes[0] === 0xfe && bytes[1] === 0xff;
  const encoding = isLittle ? "utf-16le" : isBig ? "utf-16be" : "utf-8";
  // Latin-1 pages and characters cut at the end decode with replacement characters: a few are forgiven.
  const text = new TextDecoder(encoding).decode(bytes).trimStart();
  const strange = text.match(/[\p{Cc}\ufffd]/gu)?.filter((character) => !/\s/.test(character)).length ?? 0;
  return text !== "" && strange <= text.length / 20 && !text.includes("\0") ? text : null;
}

/** The first element's local name, in lower case, behind the declaration, comments and a document type with its subset. */
function rootElement(text: string): string | null {
  let rest = text;
  for (;;) {
    const skipped = /^\s*(?:<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!doctype[^[>]*(?:\[[^\]]*\]\s*)?>)/i.exec(rest);
    if (!skipped) break;
    rest = rest.slice(skipped[0].length);
  }
  const name = /^\s*<([a-z][\w.-]*:)?([a-z][\w.-]*)/i.exec(rest)?.[2];
  return name?.toLowerCase() ?? null;
}

/** The first words that a reader would see, without tags, control and direction characters. */
function quoted(text: string): string {
  const words = text
    .replace(/<(?:script|style)\b[\s\S]*?(?:<\/(?:script|style)>|$)/gi, " ")
    .replace(/<[^>]*(?:>|$)/g, " ")
    .replace(/[\p{C}\ufffd]/gu, " ")
    .replace(/[\s"]+/g, " ")
    .trim();
  if (words === "") return "";
  const short = [...words].slice(0, QUOTED_CHARACTERS).join("");
  return `: "${short}${short === words ? "" : "…"}"`;
}

function firstBytes(bytes: Uint8Array): string {
  const hex = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0"));
  return `it begins ${hex.join(" ")}`;
}
