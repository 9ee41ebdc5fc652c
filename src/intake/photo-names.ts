/** Photos that come with their submission: `file:NAME` in place of a URL. Every name must be among the photos, every photo must be named. */
import { PHOTO_SCHEME } from "../domain/upload.ts";
import { type Problem, type Problems, shown } from "./problems.ts";

export type Photos = {
  /** The URL under which each is kept. */
  readonly urls: ReadonlyMap<string, string>;
  /** What was wrong with them as they came in. */
  readonly problems: readonly Problem[];
};

export type PhotoNames = {
  /** The URL of the photo that `url` names, which is counted as used; `url` itself when it names none. */
  urlOf(url: string, place: () => string): string;
  /** To be called when all was read. */
  checkAllUsed(): void;
};

/** A submission that brings no photos takes `file:` for a URL like others, which fails by itself. */
export function createPhotoNames(photos: Photos | undefined, problems: Problems): PhotoNames {
  if (!photos) return { urlOf: (url) => url, checkAllUsed: () => {} };
  const { urls } = photos;
  const unused = new Set(urls.keys());
  for (const { pointer, code, detail } of photos.problems) problems.add(pointer, code, detail);
  return {
    urlOf(url, place) {
      if (!url.startsWith(PHOTO_SCHEME)) return url;
      const name = url.slice(PHOTO_SCHEME.length);
      const kept = urls.get(name);
      if (kept === undefined)
        problems.add(place(), "unknown", `names the photo ${shown(name)}, which is not among the photos that came`);
      unused.delete(name);
      return kept ?? "";
    },
    checkAllUsed() {
      for (const name of unused) {
        problems.add(
          photoPlace(name),
          "unused",
          `is named by no image_url; ${shown(`${PHOTO_SCHEME}${name}`)} would name it`,
        );
      }
    },
  };
}

export const photoPlace = (name: string) => `photo ${shown(name)}`;
