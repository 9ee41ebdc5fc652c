/** By which rules the tenant's photos are flagged. Jobs that are there keep the limits they were submitted with. */
import { useState } from "preact/hooks";
import type { ReuseRule, TruthSettings } from "../../../sdk/src/api-types.ts";
import { Instant } from "../parts/instant.tsx";
import { Link } from "../parts/link.tsx";
import { ErrorNote } from "../parts/notes.tsx";
import { useAction } from "../parts/use-action.ts";
import { send } from "../service/call.ts";
import { may } from "../service/session.ts";
import { useAnswer } from "../service/use-answer.ts";
import { type Limit, QUALITY, TOLERANCES } from "../truth/limits.ts";

const PATH = "/api/v1/truth/settings";
const CASES = [
  ["other_store", "In another store"],
  ["other_day", "In the same store on another day"],
  ["same_day", "In another visit of the same day"],
  ["same_visit", "Twice in one visit"],
] as const;
const WEIGHTS = [
  ["strong", "should not happen by accident"],
  ["likely", "worth a look"],
  ["note", "harmless as a rule"],
  ["off", "not flagged"],
] as const;

export function RulesPage() {
  const [kept, setKept] = useState(0);
  const { data, error } = useAnswer<TruthSettings>(PATH, { again: kept });
  return (
    <>
      <div class="head">
        <h1>Rules of review</h1>
        <Link href="/review" class="button">
          Back to the photos
        </Link>
      </div>
      <ErrorNote error={error} />
      <p role="status" class={kept > 0 ? "note good" : "unseen"}>
        {kept > 0 ? "Kept. Jobs submitted from now on are judged by these rules." : ""}
      </p>
      {data ? <Rules key={data.changed_at} settings={data} onKept={() => setKept(kept + 1)} /> : null}
    </>
  );
}

function Rules({ settings, onKept }: { readonly settings: TruthSettings; readonly onKept: () => void }) {
  const [rules, setRules] = useState(settings);
  const action = useAction(onKept);
  const { changed_by: by, changed_at: at, ...body } = rules;
  const change = (changes: Partial<TruthSettings>) => setRules({ ...rules, ...changes });
  const keep = (what: object) => action.run(() => send("PUT", PATH, what));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        keep(body);
      }}
    >
      <fieldset disabled={!may("truth:manage")}>
        <legend class="unseen">Rules</legend>
        <section class="card">
          <h2>The same photo again</h2>
          <p class="quiet">
            Likeness goes to 1. Unrelated photos stay far below 0.9; two shots of one untouched shelf may reach 0.95.
          </p>
          {CASES.map(([name, text]) => (
            <Case
              key={name}
              text={text}
              rule={rules.reuse[name]}
              onChange={(rule) => change({ reuse: { ...rules.reuse, [name]: rule } })}
            />
          ))}
        </section>
        <section class="card">
          <h2>Limits</h2>
          <div class="filters limits">
            {QUALITY.map((limit) => (
              <LimitField
                key={limit.option}
                limit={limit}
                value={rules.quality[limit.option]}
                onChange={(value) => change({ quality: { ...rules.quality, [limit.option]: value } })}
              />
            ))}
            {TOLERANCES.map((limit) => (
              <LimitField
                key={limit.option}
                limit={limit}
                value={rules[limit.option]}
                onChange={(value) => change({ [limit.option]: value })}
              />
            ))}
          </div>
        </section>
        <section class="card">
          <h2>Field agents</h2>
          <div class="filters">
            <label>
              A visit's metadata name them as
              <input
                required
                maxLength={64}
                value={rules.agent_key}
                onInput={({ currentTarget }) => change({ agent_key: currentTarget.value })}
              />
            </label>
          </div>
        </section>
        <ErrorNote error={action.error} />
        <div class="buttons">
          <button type="submit" class="primary">
            Save rules
          </button>
          <button type="button" onClick={() => keep({})}>
            Reset to defaults
          </button>
          <small>
            {at === null ? (
              "These are the defaults."
            ) : (
              <>
                Changed <Instant at={at} />
                {by ? ` by ${by}` : ""}.
              </>
            )}
          </small>
        </div>
      </fieldset>
    </form>
  );
}

function LimitField(properties: {
  readonly limit: Limit;
  readonly value: number;
  readonly onChange: (value: number) => void;
}) {
  const { limit, value, onChange } = properties;
  return (
    <label>
      {limit.label}
      <input
        type="number"
        required
        min={limit.least}
        max={limit.most}
        step={limit.step}
        value={value}
        onInput={({ currentTarget }) => onChange(currentTarget.valueAsNumber)}
      />
    </label>
  );
}

function Case(properties: {
  readonly text: string;
  readonly rule: ReuseRule;
  readonly onChange: (rule: ReuseRule) => void;
}) {
  const { text, rule, onChange } = properties;
  return (
    <fieldset class="case">
      <legend>{text}</legend>
      <label class="inline">
        it is{" "}
        <select
          value={rule.weight}
          onChange={(event) => {
            const [weight] = WEIGHTS.find(([name]) => name === event.currentTarget.value) ?? WEIGHTS[0];
            onChange({ ...rule, weight });
          }}
        >
          {WEIGHTS.map(([name, about]) => (
            <option key={name} value={name}>
              {about}
            </option>
          ))}
        </select>
      </label>
      <label class="inline">
        from a likeness of{" "}
        <input
          type="number"
          required
          min={0.8}
          max={1}
          step={0.001}
          value={rule.least_score}
          onInput={({ currentTarget }) => onChange({ ...rule, least_score: currentTarget.valueAsNumber })}
        />
      </label>
    </fieldset>
  );
}
