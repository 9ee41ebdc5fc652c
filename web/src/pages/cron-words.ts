/** Cron expressions of the usual kinds, in words and out of choices. What is of another kind stays an expression. */

export const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;

export type Often = "day" | "workday" | "week" | "month" | "cron";

export type Times = {
  readonly often: Often;
  /** `06:00` */
  readonly clock: string;
  /** From 0, a Sunday. */
  readonly weekday: string;
  readonly dayOfMonth: string;
  readonly cron: string;
};

export function cronOf({ often, clock, weekday, dayOfMonth, cron }: Times): string {
  if (often === "cron") return cron;
  const [hour = "", minute = ""] = clock.split(":").map((part) => String(Number(part)));
  const days = { day: "* * *", workday: "* * 1-5", week: `* * ${weekday}`, month: `${dayOfMonth} * *` };
  return `${minute} ${hour} ${days[often]}`;
}

const USUAL = /^(\d{1,2}) (\d{1,2}) (\*|\d{1,2}) \* (\*|1-5|[0-7](?:,[0-7])*)$/;

/** Null where it is of no usual kind. */
export function cronWords(cron: string): string | null {
  const [, minute = "", hour = "", day = "", weekdays = ""] = USUAL.exec(cron.trim()) ?? [];
  if (minute === "" || (day !== "*" && weekdays !== "*")) return null;
  const at = `at ${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`;
  if (day !== "*") return `Day ${day} of each month ${at}`;
  if (weekdays === "*") return `Every day ${at}`;
  if (weekdays === "1-5") return `Monday to Friday ${at}`;
  const names = weekdays.split(",").map((no) => WEEKDAYS[Number(no) % 7]);
  return `Every ${names.join(", ")} ${at}`;
}
