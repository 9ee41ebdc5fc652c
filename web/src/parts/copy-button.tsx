/** Puts a text on the clipboard. Not shown where the browser gives a page none: without TLS, but for this machine itself. */
import { useState } from "preact/hooks";

export function CopyButton({ text }: { readonly text: string }) {
  const [said, setSaid] = useState("");
  if (navigator.clipboard === undefined) return null;
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setSaid("Copied"),
      () => setSaid("Not allowed"),
    );
  return (
    <>
      <button type="button" class="small" onClick={() => void copy()}>
        {said || "Copy"}
      </button>
      {/* Not in the button: it would have no name for some who hear the page. */}
      <span class="unseen" role="status">
        {said}
      </span>
    </>
  );
}
