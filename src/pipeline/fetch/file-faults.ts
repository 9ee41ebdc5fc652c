/** What is wrong with a file by its length alone. */
import { ImageFault } from "../../domain/error-codes.ts";

/** `what` goes on from "the file". */
export function tooLarge(what: string, maxBytes: number): ImageFault {
  return new ImageFault(
    "body_too_large",
    `the file ${what}, at most ${maxBytes} are allowed (STOREWALK_MAX_IMAGE_BYTES)`,
  );
}

export function emptyFile(hostname: string): ImageFault {
  return new ImageFault("empty_body", `${hostname} sent a file without a single byte`);
}
