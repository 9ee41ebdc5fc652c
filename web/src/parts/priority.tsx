/** Chooses a job's priority; its ends say which of them goes first. */

const PRIORITIES = Array.from({ length: 10 }, (_, no) => no);
const WORDS: Readonly<Record<number, string>> = { 0: "0, last", 5: "5, as usual", 9: "9, first" };

export function Priority(properties: { readonly value: number; readonly onChange: (priority: number) => void }) {
  return (
    <label class="inline">
      Priority
      <select
        value={String(properties.value)}
        onChange={({ currentTarget }) => properties.onChange(Number(currentTarget.value))}
      >
        {PRIORITIES.map((no) => (
          <option key={no} value={String(no)}>
            {WORDS[no] ?? no}
          </option>
        ))}
      </select>
    </label>
  );
}
