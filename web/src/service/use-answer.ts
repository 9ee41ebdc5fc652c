/**
 * An answer of the service for as long as a part of the page is shown: asked for again when its path or `again` changes, every so often, and when
 * somebody looks at the page again. Never drops an answer for a newer question to the same path: jobs change more quickly than some answers come.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "./call.ts";
import { oneAtATime } from "./one-at-a-time.ts";
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
  const asked = useRef<{ readonly again: unknown; readonly ask: () => void } | null>(null);

  useEffect(() => {
    if (path === null) return;
    const aborting = new AbortController();
    const ask = oneAtATime(async () => {
      if (aborting.signal.aborted) return;
      await call<T>(path, { signal: aborting.signal }).then(
        (data) => setAnswer({ data, error: null, path }),
        (error: unknown) => {
          if (aborting.signal.aborted) return;
          const message = error instanceof Error ? error.message : String(error);
          setAnswer((before) => ({ data: before.path === path ? before.data : null, error: message, path }));
        },
      );
    });
    asked.current = { again, ask };
    ask();
    const stop = whenSeen(ask, everyMs);
    return () => {
      aborting.abort();
      stop();
      asked.current = null;
    };
  }, [path, everyMs]);

  useEffect(() => {
    if (asked.current === null || asked.current.again === again) return;
    const { ask } = asked.current;
    asked.current = { again, ask };
    ask();
  }, [again]);

  return answer.path === path ? answer : { data: null, error: null };
}
