/**
 * The addresses of photos that came with their submission: `upload:<file>/<name>`. `file` is the name under which the bytes are kept, the SHA-256
 * of the content and a random part; `name` is the client's own and means nothing. It leads to the photo in jobs of the tenant that sent it, and nowhere
 * in those of others.
 */

const ADDRESS = /^upload:([0-9a-f]{64}-[0-9a-f]{16})(?:\/|$)/;
const FILE = /^[0-9a-f]{64}-[0-9a-f]{16}$/;

/** What a submission writes in place of a URL for a photo that comes with it. */
export const PHOTO_SCHEME = "file:";

export const UPLOAD_SCHEME = "upload:";

/** What no photo is kept under. */
export const NO_UPLOAD = `${"0".repeat(64)}-${"0".repeat(16)}`;

export function uploadUrl(file: string, name: string): string {
  return `${UPLOAD_SCHEME}${file}/${name.split("/").map(encodeURIComponent).join("/")}`;
}

/** The file's name; null for every other URL. */
export function uploadedFile(url: string): string | null {
  return ADDRESS.exec(url)?.[1] ?? null;
}

/** The file's place in the upload folder, or behind the bucket's prefix. */
export function uploadPath(file: string): string {
  if (!FILE.test(file)) throw new Error("an uploaded file has another name");
  return `${file.slice(0, 2)}/${file}`;
}

/** The file at such a place; null for what is no upload. */
export function uploadFileAt(path: string): string | null {
  const file = path.slice(3);
  return FILE.test(file) && path === uploadPath(file) ? file : null;
}
