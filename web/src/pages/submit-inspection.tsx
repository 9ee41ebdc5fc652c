/** How far the photos of a job are to be inspected, what each choice costs, and the limits that flag them. */
import { useState } from "preact/hooks";
import { LIMITS } from "../truth/limits.ts";

const LEVELS = [
  ["", "As the service is set", "what it does when nobody says anything"],
  ["off", "Off", "nothing is looked for, nothing is fetched beyond what measuring needs"],
  [
    "quick",
    "Quick",
    "fetches no byte more: time and place, and re-use where a photo carries a small preview of itself",
  ],
  ["full", "Full", "fetches every photo whole and looks at every pixel: re-use, blur, light, time, place, editing"],
] as const;

/** Options of a submission by their names; an empty text leaves one out. */
export type InspectionOptions = Readonly<Record<string, string>>;

export function SubmitInspection(properties: {
  readonly options: InspectionOptions;
  readonly onChange: (options: InspectionOptions) => void;
}) {
  const { options, onChange } = properties;
  const [isOpen, setOpen] = useState(false);
  const level = options.inspect ?? "";
  return (
    <fieldset class="choices">
      <legend>Look for photos that cannot be trusted</legend>
      {LEVELS.map(([value, name, about]) => (
        <label key={value}>
          <input
            type="radio"
            name="inspect"
            checked={level === value}
            onChange={() => onChange(value === "off" ? { inspect: value } : { ...options, inspect: value })}
          />
          <span>
            <b>{name}</b> {about}
          </span>
        </label>
      ))}
      {level === "off" ? null : (
        <button type="button" class="link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          Limits of this job
        </button>
      )}
      {level !== "off" && isOpen ? (
        <div class="filters limits">
          {LIMITS.map(({ option, label, least, most, step }) => (
            <label key={option}>
              {label}
              <input
                type="number"
                min={least}
                max={most}
                step={step}
                placeholder="as by the rules"
                value={options[option] ?? ""}
                onInput={(event) => onChange({ ...options, [option]: event.currentTarget.value })}
              />
            </label>
          ))}
        </div>
      ) : null}
    </fieldset>
  );
}
