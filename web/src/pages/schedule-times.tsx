/** When a schedule runs: the usual ways by choices, any other by a cron expression, and by whose clock. */
import { type Often, type Times, WEEKDAYS } from "./cron-words.ts";

const WAYS: readonly (readonly [Often, string])[] = [
  ["day", "Every day"],
  ["workday", "Monday to Friday"],
  ["week", "Every week"],
  ["month", "Every month"],
  ["cron", "By a cron expression"],
];

export const USUAL_TIMES: Times = { often: "week", clock: "06:00", weekday: "1", dayOfMonth: "1", cron: "0 6 * * 1" };

export function ScheduleTimes({ times, set }: { readonly times: Times; readonly set: (times: Times) => void }) {
  const { often } = times;
  const put = (changes: Partial<Times>) => set({ ...times, ...changes });
  return (
    <>
      <label>
        How often
        <select
          value={often}
          onChange={({ currentTarget: { value } }) =>
            put({ often: WAYS.find(([way]) => way === value)?.[0] ?? "week" })
          }
        >
          {WAYS.map(([way, text]) => (
            <option key={way} value={way}>
              {text}
            </option>
          ))}
        </select>
      </label>
      {often === "week" ? (
        <label>
          On
          <select value={times.weekday} onChange={({ currentTarget }) => put({ weekday: currentTarget.value })}>
            {WEEKDAYS.map((name, no) => (
              <option key={name} value={String(no)}>
                {name}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      {often === "month" ? (
        <label>
          On day
          <input
            type="number"
            required
            min={1}
            max={31}
            value={times.dayOfMonth}
            onInput={({ currentTarget }) => put({ dayOfMonth: currentTarget.value })}
          />
        </label>
      ) : null}
      {often === "cron" ? (
        <label>
          Minute, hour, day, month, weekday
          <input
            type="text"
            required
            spellcheck={false}
            value={times.cron}
            onInput={({ currentTarget }) => put({ cron: currentTarget.value })}
          />
        </label>
      ) : (
        <label>
          At
          <input
            type="time"
            required
            value={times.clock}
            onInput={({ currentTarget }) => put({ clock: currentTarget.value })}
          />
        </label>
      )}
    </>
  );
}
