/** What people are told by an alert, in words. */
import { ALERT_KINDS, THRESHOLDS } from "../domain/alert-kinds.ts";
import { plainText } from "../domain/plain-text.ts";

const LINES_SHOWN = 10;
const WHOLE = new Intl.NumberFormat("en");

type Fields = Readonly<Record<string, unknown>>;

/** `link` is below the dashboard's address. */
export function alertMessage(type: string, data: Fields) {
  const name = plainText(textIn(data.name));
  if (type === "alert.test") {
    const kind = ALERT_KINDS.find((one) => one === data.kind);
    const when = kind === undefined ? "" : THRESHOLDS[kind].when(Number(data.threshold));
    return {
      title: `Storewalk: a message to try the alert ${name}`,
      lines: [`It tells when ${when}.`],
      place: "/webhooks",
    };
  }
  const causes = Array.isArray(data.causes) ? data.causes.map(fieldsOf) : [];
  const count = typeof data.count === "number" ? data.count : causes.length;
  const isOver = type === "alert.over";
  const headline = textIn(data.headline);
  const told = count === 1 && !isOver ? causes.map(overSince) : causes.slice(0, LINES_SHOWN).map(lineOf);
  const more = count > LINES_SHOWN ? [`… and ${WHOLE.format(count - LINES_SHOWN)} more`] : [];
  return {
    title: isOver ? `Over: ${headline}` : headline,
    lines: [...told.filter((line) => line !== ""), ...more, `Alert: ${name}`],
    place: textIn(data.place),
  };
}

function lineOf(cause: Fields): string {
  const over = overSince(cause);
  return over === "" ? textIn(cause.detail) : `${textIn(cause.detail)} – ${over}`;
}

const overSince = ({ ended_at: ended, since }: Fields): string =>
  typeof ended === "string" ? `from ${textIn(since)} to ${ended}` : "";

const textIn = (value: unknown): string => (typeof value === "string" ? value : "");

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
