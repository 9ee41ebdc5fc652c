/** Asks for an API key where the service does. The key is exchanged for a cookie; the page forgets it. */
import { useState } from "preact/hooks";
import { ErrorNote } from "../parts/notes.tsx";
import { signIn } from "../service/session.ts";

export function SignInPage() {
  const [key, setKey] = useState("");
  const [error, setError] = useState<string | null>(null);
  const send = () =>
    signIn(key).catch((cause: unknown) => setError(cause instanceof Error ? cause.message : String(cause)));
  return (
    <section class="card sign-in">
      <h1>Sign in</h1>
      <ErrorNote error={error} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setError(null);
          void send();
        }}
      >
        <input type="text" name="username" autocomplete="username" value="storewalk" readOnly hidden />
        <label class="stacked">
          API key
          <input
            type="password"
            name="key"
            required
            autocomplete="current-password"
            placeholder="swk_live_…"
            value={key}
            onInput={(event) => setKey(event.currentTarget.value)}
          />
        </label>
        <p class="buttons">
          <button type="submit" class="primary">
            Sign in
          </button>
        </p>
      </form>
      <p class="quiet">
        For twelve hours on this browser. Whoever runs the service makes keys: <code>storewalk keys create</code>
      </p>
    </section>
  );
}
