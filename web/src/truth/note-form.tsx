/** A word about a decision, and the decision itself. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Decision } from "../../../sdk/src/api-types.ts";

export function NoteForm(properties: {
  readonly onDecide: (verdict: Decision["state"], note: string) => Promise<void>;
  readonly onClose: () => void;
}) {
  const { onDecide, onClose } = properties;
  const [note, setNote] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <form
      class="note-form"
      onSubmit={(event) => {
        event.preventDefault();
        void onDecide("dismissed", note);
      }}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <label class="stacked">
        Note, if there is something to say
        <input ref={field} maxLength={500} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
      </label>
      <div class="buttons">
        <button type="submit" class="primary">
          Dismiss the flag
        </button>
        <button type="button" onClick={() => void onDecide("accepted", note)}>
          Accept the flag
        </button>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
      </div>
    </form>
  );
}
