/** Where the page is: path and query, as signals. Filters live in the query, so that a link or a reload shows the same. */
import { signal } from "@preact/signals";

type Location = { readonly path: string; readonly query: URLSearchParams };

const current = (): Location => ({
  path: window.location.pathname,
  query: new URLSearchParams(window.location.search),
});

export const location = signal<Location>(current());

window.addEventListener("popstate", () => {
  location.value = current();
});

export function navigate(href: string, how: "push" | "replace" = "push"): void {
  if (how === "push") window.history.pushState(null, "", href);
  else window.history.replaceState(null, "", href);
  const before = location.value.path;
  location.value = current();
  if (before === location.value.path) return;
  window.scrollTo(0, 0);
  // So that the keyboard and a screen reader go on at the new page.
  document.getElementById("main")?.focus({ preventScroll: true });
}

/** Changes some parameters of the query; an empty text removes one. */
export function setQuery(changes: Readonly<Record<string, string>>): void {
  const query = new URLSearchParams(location.value.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  navigate(location.value.path + (text === "" ? "" : `?${text}`), "replace");
}
