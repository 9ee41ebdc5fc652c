/** Back and on through a list whose pages are found by cursors. Each page costs the same, wherever in a million elements it is. */
import { useState } from "preact/hooks";
import type { Page } from "../../../sdk/src/pages.ts";
import { withQuery } from "../service/call.ts";
import { type Answer, useAnswer } from "../service/use-answer.ts";

type Paged<T> = Answer<Page<T>> & {
  readonly pageNo: number;
  readonly back: (() => void) | null;
  readonly on: (() => void) | null;
};

/** `again` asks for the same page once more; another path begins with the first page. */
export function usePages<T>(
  path: string,
  parameters: Readonly<Record<string, string | number>>,
  again: unknown,
): Paged<T> {
  const list = withQuery(path, parameters);
  const [at, setAt] = useState<{ readonly list: string; readonly cursors: readonly string[] }>({ list, cursors: [] });
  const cursors = at.list === list ? at.cursors : [];
  const answer = useAnswer<Page<T>>(withQuery(path, { ...parameters, cursor: cursors.at(-1) }), { again });
  const next = answer.data?.next_cursor ?? null;
  return {
    ...answer,
    pageNo: cursors.length + 1,
    back: cursors.length > 0 ? () => setAt({ list, cursors: cursors.slice(0, -1) }) : null,
    on: next === null ? null : () => setAt({ list, cursors: [...cursors, next] }),
  };
}

export function Pager({ pages }: { readonly pages: Paged<unknown> }) {
  if (pages.back === null && pages.on === null) return null;
  return (
    <nav class="pager" aria-label="Pages of the list">
      <button type="button" disabled={pages.back === null} onClick={() => pages.back?.()}>
        ← Back
      </button>
      <span>Page {pages.pageNo}</span>
      <button type="button" disabled={pages.on === null} onClick={() => pages.on?.()}>
        Next →
      </button>
    </nav>
  );
}
