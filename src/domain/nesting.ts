/** How deep a JSON value may be nested. What walks over a value does so by recursion: some thousand levels would end its stack. */

export const MOST_DEPTH = 64;

/** Looks no deeper than it must, so that it is safe on what it refuses. */
export function isTooDeep(value: unknown): boolean {
  return isDeeper(value, MOST_DEPTH);
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
