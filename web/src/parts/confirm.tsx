/** Asks before something is changed that cannot be taken back; says how many images it concerns. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ErrorNote } from "./notes.tsx";

export function Confirm(properties: {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly action: string;
  /** The word for not doing it, where "Cancel" would be another thing. */
  readonly leave?: string;
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);

  async function confirm(): Promise<void> {
    setBusy(true);
    try {
      await properties.onConfirm();
      properties.onClose();
    } catch (cause) {
      setError(cause instanceof Error ? cause.message : String(cause));
      setBusy(false);
    }
  }

  return (
    <dialog ref={dialog} aria-labelledby="confirm-title" onClose={properties.onClose}>
      <h2 id="confirm-title">{properties.title}</h2>
      <div>{properties.children}</div>
      <ErrorNote error={error} />
      <div class="buttons">
        <button type="button" onClick={() => dialog.current?.close()}>
          {properties.leave ?? "Cancel"}
        </button>
        <button type="button" class="primary" disabled={busy} onClick={() => void confirm()}>
          {properties.action}
        </button>
      </div>
    </dialog>
  );
}
