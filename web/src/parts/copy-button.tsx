/** Puts a text on the clipboard. Not shown where the browser gives a page none: without TLS, but for this machine itself. */
import { useState } from "preact/hooks";

export function CopyButton({ text }: { readonly text: string }) {
  const [said, setSaid] = useState("Copy");
  if (navigator.clipboard === undefined) return null;
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setSaid("Copied"),
      () => setSaid("Not allowed"),
    );
  return (
    <button type="button" class="small" onClick={() => void copy()}>
      <span role="status">{said}</span>
    </button>
  );
}
