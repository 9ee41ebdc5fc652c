/** Something that a button does, and why it could not. */
import { useState } from "preact/hooks";

export function useAction(onDone: () => void) {
  const [error, setError] = useState<string | null>(null);
  const run = (action: () => Promise<unknown>) => {
    setError(null);
    action().then(onDone, (cause: unknown) => setError(cause instanceof Error ? cause.message : String(cause)));
  };
  return { error, run };
}
