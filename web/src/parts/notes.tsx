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

/** The host of the demo's photos takes the port after the service's. */
export const demoPhoto = (path: string): string =>
  `http://127.0.0.1:${window.location.port === "" ? 8081 : Number(window.location.port) + 1}/${path}`;

/** Submits one image of the demo's own host, from wherever the page is served. */
export const FIRST_JOB = () => `curl -X POST ${window.location.origin}/api/v1/jobs \\
  -H 'content-type: application/json' -d '{
  "count": 1,
  "visits": [{"store_id": "S00339218", "visit_time": "2026-01-05",
    "image_url": ["${demoPhoto("photos/1.jpg")}"]}]
}'`;
