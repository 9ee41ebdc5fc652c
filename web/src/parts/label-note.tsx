/** What the client itself calls a visit or an image, and says of it. */
import type { Metadata } from "../service/types.ts";

export function LabelNote({
  labels,
}: {
  readonly labels: { readonly external_id: string | null; readonly metadata: Metadata };
}) {
  const facts = Object.entries(labels.metadata).map(([key, value]) => `${key}: ${value}`);
  const text = [...(labels.external_id === null ? [] : [labels.external_id]), ...facts].join(" · ");
  return text === "" ? null : <small class="labels">{text}</small>;
}
