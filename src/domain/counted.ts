/** Numbers of things, and the first of many, as people say them. */

/** `1 visit`, `2,312 visits`. */
export function counted(count: number, one: string): string {
  return `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`;
}

export function firstOf(names: readonly string[], most = 10): string {
  const more = names.length - most;
  return `${names.slice(0, most).join(", ")}${more > 0 ? ` and ${more.toLocaleString("en")} more` : ""}`;
}
