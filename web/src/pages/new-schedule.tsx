/** The form of a new schedule, and that of another source for one that is there. */
import { useState } from "preact/hooks";
import type { Schedule, ScheduleDryRun } from "../../../sdk/src/api-types.ts";
import { Confirm } from "../parts/confirm.tsx";
import { ZONE } from "../parts/format.ts";
import { ErrorNote } from "../parts/notes.tsx";
import { useAction } from "../parts/use-action.ts";
import { post, send } from "../service/call.ts";
import { cronOf } from "./cron-words.ts";
import { NO_SOURCE, SourceForm, sourceOf, useSource } from "./schedule-source.tsx";
import { ScheduleTimes, USUAL_TIMES } from "./schedule-times.tsx";
import { ScheduleTrial } from "./schedule-trial.tsx";

const ZONES = Intl.supportedValuesOf("timeZone");

export function NewSchedule({ onMade }: { readonly onMade: () => void }) {
  const [fields, setFields] = useState({ name: "", zone: ZONE });
  const [times, setTimes] = useState(USUAL_TIMES);
  const [trial, setTrial] = useState<ScheduleDryRun | null>(null);
  const source = useSource();
  const trying = useAction(() => {});
  const action = useAction(() => {
    setFields((before) => ({ ...before, name: "" }));
    source.set(NO_SOURCE);
    onMade();
  });
  const field = (
    name: keyof typeof fields,
    label: string,
    more: { readonly placeholder?: string; readonly list?: string },
  ) => (
    <label>
      {label}
      <input
        type="text"
        required
        {...more}
        value={fields[name]}
        onInput={({ currentTarget: { value } }) => setFields((before) => ({ ...before, [name]: value }))}
      />
    </label>
  );

  const wish = async () => {
    const { name, zone } = fields;
    return { name: name || "it", cron: cronOf(times), time_zone: zone, ...(await sourceOf(source.fields)) };
  };
  const make = async () => {
    setTrial(null);
    await post("/api/v1/schedules", await wish());
  };
  const tryIt = async () => {
    setTrial(null);
    setTrial(await post<ScheduleDryRun>("/api/v1/schedules?dry_run=true", await wish()));
  };

  return (
    <section class="card">
      <h2>A new schedule</h2>
      <ErrorNote error={action.error ?? trying.error} />
      <form
        class="filters add"
        onSubmit={(event) => {
          event.preventDefault();
          action.run(make);
        }}
      >
        {field("name", "Name", { placeholder: "Monday visits" })}
        <ScheduleTimes times={times} set={setTimes} />
        {field("zone", "Time zone", { list: "zones" })}
        <datalist id="zones">
          {ZONES.map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
        <SourceForm {...source} />
        <button type="button" onClick={() => trying.run(tryIt)}>
          Try it
        </button>
        <button type="submit" class="primary">
          Add schedule
        </button>
      </form>
      {trial ? <ScheduleTrial name={fields.name || "it"} trial={trial} /> : null}
    </section>
  );
}

export function AnotherSource(properties: {
  readonly schedule: Schedule;
  readonly onMoved: () => void;
  readonly onClose: () => void;
}) {
  const { schedule, onMoved, onClose } = properties;
  const source = useSource();
  return (
    <Confirm
      title={`Another source for ${schedule.name}`}
      action="Take this one"
      onConfirm={async () => {
        await send("PATCH", `/api/v1/schedules/${schedule.id}`, await sourceOf(source.fields));
        onMoved();
      }}
      onClose={onClose}
    >
      <p>From its next run on. A file that it kept is forgotten.</p>
      <div class="filters add">
        <SourceForm {...source} />
      </div>
    </Confirm>
  );
}
