/** What stands where something is missing: still on its way, failed, or not there yet, then with the line to try. */
import type { ComponentChildren } from "preact";
import { CopyButton } from "./copy-button.tsx";
import { ScrollBox } from "./scroll-box.tsx";

export function ErrorNote({ error }: { readonly error: string | null }) {
  return error === null ? null : (
    <p class="note error" role="alert">
      {error}
    </p>
  );
}

export function Empty({ children, line }: { readonly children: ComponentChildren; readonly line?: string }) {
  return (
    <div class="empty">
      <p>{children}</p>
      {line === undefined ? null : (
        <div class="line">
          <ScrollBox>
            <pre>
              <code>{line}</code>
            </pre>
          </ScrollBox>
          <CopyButton text={line} />
        </div>
      )}
    </div>
  );
}
