/** What the service shows this once and keeps nowhere: stays in sight until somebody says that it is kept. */
import { CopyButton } from "./copy-button.tsx";

export function Secret(properties: { readonly name: string; readonly value: string; readonly onKept: () => void }) {
  const { name, value, onKept } = properties;
  return (
    <div class="note good">
      <p role="status">
        {name}, shown this once: <code class="secret">{value}</code>
      </p>
      <span class="buttons">
        <CopyButton text={value} />
        <button type="button" class="small" onClick={onKept}>
          I have kept it
        </button>
      </span>
    </div>
  );
}
