/** A photo that came with its submission, as a ByteSource over its file. Reads only what is asked for, and only files of the upload folder. */
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { ImageFault } from "../domain/error-codes.ts";
import { uploadedFile, uploadPath } from "../domain/upload.ts";
import type { OpenImage, OpenOptions } from "./process-image.ts";

/** Opens the photo that is kept under this name. */
export type OpenUpload = (file: string, options: OpenOptions) => ReturnType<OpenImage>;

const GONE =
  "the uploaded photo is not in this process's upload folder: it was removed, or STOREWALK_UPLOAD_DIR names another folder than where it was taken in";

/** Opens uploaded photos with `openUpload`, and every other URL with `openRemote`. */
export function withUploads(openRemote: OpenImage, openUpload: OpenUpload): OpenImage {
  return (url, options) => {
    const file = uploadedFile(url);
    return file === null ? openRemote(url, options) : openUpload(file, options);
  };
}

/** `folder` is null where there is none: a fleet whose processes share nothing. */
export function uploadsInFolder({
  folder,
  maxBytes,
}: {
  readonly folder: string | null;
  readonly maxBytes: number;
}): OpenUpload {
  return (file) => openUploaded(folder === null ? null : join(folder, uploadPath(file)), maxBytes);
}

type OpenFile = { readonly handle: FileHandle; readonly size: number };

function openUploaded(path: string | null, maxBytes: number): ReturnType<OpenImage> {
  let opening: Promise<OpenFile> | null = null;
  let total: number | null = null;

  async function openFile(): Promise<OpenFile> {
    if (path === null) throw new ImageFault("not_found", GONE);
    const handle = await open(path).catch((cause: NodeJS.ErrnoException) => {
      throw cause.code === "ENOENT" ? new ImageFault("not_found", GONE, { cause }) : cause;
    });
    const { size } = await handle.stat();
    total = size;
    return { handle, size };
  }

  async function read(wanted: (size: number) => { readonly from: number; readonly length: number }) {
    opening ??= openFile();
    const { handle, size } = await opening;
    if (size === 0) throw new ImageFault("empty_body", "the uploaded photo has no bytes");
    const { from, length } = wanted(size);
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      const { bytesRead } = await handle.read(bytes, at, length - at, from + at);
      if (bytesRead === 0)
        throw new ImageFault("corrupt", "the uploaded photo's file became shorter while it was read");
      at += bytesRead;
    }
    return { bytes, size };
  }

  return {
    async prefix(atLeast) {
      const { bytes, size } = await read((all) => ({ from: 0, length: Math.min(all, atLeast) }));
      return { bytes, complete: bytes.length === size };
    },
    async tail(length) {
      const { bytes } = await read((all) => ({ from: Math.max(0, all - length), length: Math.min(all, length) }));
      return bytes;
    },
    async whole() {
      const { bytes } = await read((all) => {
        if (all > maxBytes) throw new ImageFault("body_too_large", `has ${all} bytes, at most ${maxBytes} are allowed`);
        return { from: 0, length: all };
      });
      return bytes;
    },
    totalBytes: () => total,
    attempts: () => 1,
    release() {
      opening?.then(({ handle }) => handle.close()).catch(() => {});
    },
  };
}
