/** What a job is called and what is said of it, by whoever submits it. Takes the place of what its file says. */
import { useState } from "preact/hooks";

/** Options of a submission by their names; an empty text leaves one out. */
export type LabelOptions = Readonly<Record<"external_id" | "metadata", string>>;

export const NO_LABELS: LabelOptions = { external_id: "", metadata: "" };

/** The service's own limits. */
const MOST = { name: 128, labels: 16, key: 64, text: 512 } as const;

type Label = { readonly key: string; readonly text: string };

export function SubmitLabels(properties: {
  readonly options: LabelOptions;
  readonly onChange: (options: LabelOptions) => void;
}) {
  const { options, onChange } = properties;
  const [name, setName] = useState("");
  const [labels, setLabels] = useState<readonly Label[]>([]);
  const change = (next: readonly Label[]) => {
    setLabels(next);
    onChange({ ...options, metadata: metadataOf(next) });
  };
  const put = (at: number, part: Partial<Label>) =>
    change(labels.map((label, no) => (no === at ? { ...label, ...part } : label)));
  return (
    <fieldset class="choices">
      <legend>What the job is called</legend>
      <div class="label-row">
        <label>
          Name
          <input
            maxLength={MOST.name}
            placeholder="Week 48, north"
            value={name}
            onInput={({ currentTarget: { value } }) => {
              setName(value);
              onChange({ ...options, external_id: value.trim() });
            }}
          />
        </label>
      </div>
      {labels.map(({ key, text }, no) => (
        <div key={String(no)} class="label-row">
          <label>
            Label {no + 1}
            <input
              maxLength={MOST.key}
              placeholder="campaign"
              value={key}
              onInput={({ currentTarget }) => put(no, { key: currentTarget.value })}
            />
          </label>
          <label>
            Value {no + 1}
            <input
              maxLength={MOST.text}
              placeholder="Christmas"
              value={text}
              onInput={({ currentTarget }) => put(no, { text: currentTarget.value })}
            />
          </label>
          <button
            type="button"
            class="small"
            aria-label={`Remove label ${no + 1}`}
            onClick={() => change(labels.filter((_, at) => at !== no))}
          >
            Remove
          </button>
        </div>
      ))}
      {labels.length < MOST.labels ? (
        <button type="button" class="link" onClick={() => setLabels([...labels, { key: "", text: "" }])}>
          Add a label
        </button>
      ) : null}
    </fieldset>
  );
}

/** Without a key a label is not there yet. */
function metadataOf(labels: readonly Label[]): string {
  const said = labels.flatMap(({ key, text }) => (key.trim() === "" ? [] : [[key.trim(), text.trim()] as const]));
  return said.length === 0 ? "" : JSON.stringify(Object.fromEntries(said));
}
