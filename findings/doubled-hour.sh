#!/usr/bin/env bash
# Guess: a wall clock in the hour that autumn has twice is read as its first pass, by every library, as Temporal does without being told.
# Came, for 02:30 in Berlin on 2026-10-25: moment-timezone 0.6.6 and temporal-polyfill 1.0.8 take the first pass, dayjs 1.11.23 and
# @date-fns/tz 1.5.0 the second. date-fns-tz 3.2.0 takes the first where the process itself runs in New York, and the second where it runs
# in UTC, though the zone is given. luxon 3.7.2 takes the first where the program runs in summer, and the second where it runs in winter.
# Why it matters: cameras write wall clocks. The same photo moves by an hour with the library, the machine or the month of the import, and
# photos of one visit are torn apart.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund luxon@3.7.2 dayjs@1.11.23 date-fns@4.4.0 date-fns-tz@3.2.0 @date-fns/tz@1.5.0 \
  moment-timezone@0.6.6 temporal-polyfill@1.0.8
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { tz } from "@date-fns/tz";
import { parseISO } from "date-fns";
import { fromZonedTime } from "date-fns-tz";
import dayjs from "dayjs";
import timezone from "dayjs/plugin/timezone.js";
import utc from "dayjs/plugin/utc.js";
import { DateTime, Settings } from "luxon";
import moment from "moment-timezone";
import { Temporal } from "temporal-polyfill";

dayjs.extend(utc);
dayjs.extend(timezone);
const zone = "Europe/Berlin";
const clock = "2026-10-25T02:30:00";
const luxonIn = (month) => {
  Settings.now = () => Date.parse(`2026-${month}-15T12:00:00Z`);
  return DateTime.fromISO(clock, { zone }).toMillis();
};
const instants = () => ({
  temporal: Temporal.PlainDateTime.from(clock).toZonedDateTime(zone).epochMilliseconds,
  moment: moment.tz(clock, zone).valueOf(),
  dayjs: dayjs.tz(clock, zone).valueOf(),
  "@date-fns/tz": parseISO(clock, { in: tz(zone) }).getTime(),
  "date-fns-tz": fromZonedTime(clock, zone).getTime(),
  "luxon in July": luxonIn("07"),
  "luxon in December": luxonIn("12"),
});
if (process.argv[2] === "print") {
  const passes = { "2026-10-25T00:30:00.000Z": "first", "2026-10-25T01:30:00.000Z": "second" };
  console.log(JSON.stringify(Object.fromEntries(Object.entries(instants()).map(([name, at]) => [name, passes[new Date(at).toISOString()]]))));
} else {
  const inZone = (TZ) => JSON.parse(execFileSync(process.execPath, ["look.mjs", "print"], { env: { ...process.env, TZ }, encoding: "utf8" }));
  const seen = { "process in UTC": inZone("UTC"), "process in New York": inZone("America/New_York") };
  console.table(seen);
  const alike = { temporal: "first", moment: "first", dayjs: "second", "@date-fns/tz": "second", "luxon in July": "first", "luxon in December": "second" };
  assert.deepEqual(seen, {
    "process in UTC": { ...alike, "date-fns-tz": "second" },
    "process in New York": { ...alike, "date-fns-tz": "first" },
  });
}
END
node look.mjs
