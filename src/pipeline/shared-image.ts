/**
 * An image behind a share link, as a ByteSource over the file's own address. Passes Drive's page for large files once; any other page in the
 * file's place means that the link is not shared with everyone.
 */
import { ImageFault } from "../domain/error-codes.ts";
import { isHtmlPage } from "./measure/describe-stranger.ts";
import type { OpenImage } from "./process-image.ts";
import { confirmedAddress, type ShareLink, shareLinkIn } from "./share-links.ts";

type Opened = ReturnType<OpenImage>;

/** Enough to tell a page by. */
const SNIFFED_BYTES = 1_024;
/** Drive's page has some 3 KB. */
const PAGE_BYTES = 64 * 1_024;

/** Opens share links itself, with `openRemote`, and leaves every other URL to it. */
export function withShareLinks(openRemote: OpenImage): OpenImage {
  return (url, options) => {
    const link = shareLinkIn(url);
    if (link === null) return openRemote(url, options);
    return openShared(link, (address) => openRemote(address, options));
  };
}

function openShared(link: ShareLink, open: (address: string) => Opened): Opened {
  let address = link.address;
  let image = open(address);
  let attemptsBefore = 0;
  let isFile = false;

  /** The file, when it is one. */
  async function file(): Promise<Opened> {
    while (!isFile) {
      const { bytes } = await image.prefix(SNIFFED_BYTES);
      if (isHtmlPage(bytes)) await passPage();
      else isFile = true;
    }
    return image;
  }

  async function passPage(): Promise<void> {
    const { bytes } = await image.prefix(PAGE_BYTES);
    const page = new TextDecoder().decode(bytes);
    const mayConfirm = link.service === "Google Drive" && address === link.address;
    const confirmed = mayConfirm ? confirmedAddress(page) : null;
    if (confirmed === null) throw faultOfPage(link, page);
    attemptsBefore += image.attempts();
    image.release();
    address = confirmed;
    image = open(address);
  }

  async function ask<T>(question: (from: Opened) => Promise<T>): Promise<T> {
    try {
      return await question(await file());
    } catch (error) {
      if (!(error instanceof ImageFault) || error.code !== "forbidden" || error.message.startsWith(NOT_SHARED))
        throw error;
      throw new ImageFault("forbidden", `${NOT_SHARED}: ${error.message}`, { cause: error });
    }
  }

  return {
    prefix: (atLeast) => ask((from) => from.prefix(atLeast)),
    tail: (length) => ask((from) => from.tail(length)),
    whole: () => ask((from) => from.whole()),
    totalBytes: () => image.totalBytes(),
    attempts: () => attemptsBefore + image.attempts(),
    release: () => image.release(),
    get fetchedFrom() {
      return address;
    },
  };
}

const NOT_SHARED = "the link is not shared with everyone";

function faultOfPage({ service }: ShareLink, page: string): ImageFault {
  const [, title = ""] = /<title\b[^<>]*>([^<]*)/i.exec(page) ?? [];
  if (/quota exceeded/i.test(title)) {
    return new ImageFault("rate_limited", `${service} gives the file to nobody for now: too many have fetched it`);
  }
  const named = title.trim() === "" ? "" : `, "${title.trim()}"`;
  return new ImageFault("forbidden", `${NOT_SHARED}: ${service} sent a page in the file's place${named}`);
}
