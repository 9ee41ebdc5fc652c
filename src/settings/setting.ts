/** One row of the table of settings. */
import type { Parsed } from "./setting-rules.ts";

export type Setting<T> = {
  /** Its environment name; the flag is the same in kebab-case without the prefix: `STOREWALK_DATA_DIR` is `--data-dir`. */
  readonly name: string;
  readonly fallback: string;
  readonly about: string;
  readonly parse: (text: string) => Parsed<T>;
};

type ValueOf<S> = S extends Setting<infer T> ? T : never;
/** What a table of settings comes to. */
export type ValuesOf<Table> = { readonly [K in keyof Table]: ValueOf<Table[K]> };

export const GIGABYTE = 2 ** 30;
export const HOUR_MS = 3_600_000;

export function setting<T>(
  name: string,
  fallback: string,
  about: string,
  parse: (text: string) => Parsed<T>,
): Setting<T> {
  return { name, fallback, about, parse };
}
