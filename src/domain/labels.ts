/** What a client calls its job, visit or image: echoed everywhere, never looked into. */

export type Metadata = Readonly<Record<string, string>>;

export type Labels = {
  readonly externalId: string | null;
  readonly metadata: Metadata;
};

export const NO_LABELS: Labels = { externalId: null, metadata: {} };

/** As a ledger keeps it: JSON, null when there is nothing to keep. */
export function metadataText(metadata: Metadata): string | null {
  return Object.keys(metadata).length === 0 ? null : JSON.stringify(metadata);
}

/** The opposite. Throws when the text was not written by `metadataText`. */
export function metadataFromText(text: string | null): Metadata {
  if (text === null) return {};
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) throw new Error("metadata must be an object");
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, String(entry)]));
}

/** The field agent that metadata name under `key`, which a tenant chose: any text, `constructor` too. */
export function agentOf({ metadata }: Labels, key: string): string | null {
  const agent = metadata && Object.hasOwn(metadata, key) ? metadata[key] : null;
  return agent || null;
}
