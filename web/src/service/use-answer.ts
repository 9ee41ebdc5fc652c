/**
 * An answer of the service for as long as a part of the page is shown: asked for again when its path or `again` changes, every so often, and when
 * somebody looks at the page again.
 */
import { useEffect, useState } from "preact/hooks";
import { call } from "./call.ts";
import { whenSeen } from "./when-seen.ts";

export type Answer<T> = {
  /** The last one that came, also while a newer is on its way. */
  readonly data: T | null;
  readonly error: string | null;
};

export function useAnswer<T>(
  path: string | null,
  options: { readonly again?: unknown; readonly everyMs?: number } = {},
): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T> & { readonly path: string | null }>({
    data: null,
    error: null,
    path: null,
  });
  const { again, everyMs } = options;

  useEffect(() => {
    if (path === null) return;
    const aborting = new AbortController();
    const ask = () => {
      call<T>(path, { signal: aborting.signal }).then(
        (data) => setAnswer({ data, error: null, path }),
        (error: unknown) => {
          if (aborting.signal.aborted) return;
          const message = error instanceof Error ? error.message : String(error);
          setAnswer((before) => ({ data: before.path === path ? before.data : null, error: message, path }));
        },
      );
    };
    ask();
    const stop = whenSeen(ask, everyMs);
    return () => {
      aborting.abort();
      stop();
    };
  }, [path, again, everyMs]);

  return answer.path === path ? answer : { data: null, error: null };
}
