/** What the client itself calls a visit or an image, and says of it. */

export function LabelNote({
  labels,
}: {
  readonly labels: { readonly external_id: string | null; readonly metadata: Readonly<Record<string, string>> };
}) {
  const facts = Object.entries(labels.metadata).map(([key, value]) => `${key}: ${value}`);
  const text = [...(labels.external_id === null ? [] : [labels.external_id]), ...facts].join(" · ");
  return text === "" ? null : <small class="labels">{text}</small>;
}
