#!/usr/bin/env bash
# Guess: a time that carries its offset, 10:30:00+05:30, is 05:00 UTC whatever zone is named beside it. The zone is for texts without one.
# Came: so for luxon 3.7.2, moment-timezone 0.6.6 and @date-fns/tz 1.5.0. dayjs.tz (dayjs 1.11.23) says 04:00 UTC: it turns the time to
# UTC, drops the zone and takes the 05:00 that is left for a clock in Berlin. It takes 10:30:00Z for half past ten in Berlin. fromZonedTime
# of date-fns-tz 3.2.0 says 04:00 UTC, and 23:00 of the day before where the process runs in New York.
# Why it matters: XMP and EXIF's offset fields write such times. They are the photos whose time was certain.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund luxon@3.7.2 dayjs@1.11.23 date-fns@4.4.0 date-fns-tz@3.2.0 @date-fns/tz@1.5.0 moment-timezone@0.6.6
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { tz } from "@date-fns/tz";
import { parseISO } from "date-fns";
import { fromZonedTime } from "date-fns-tz";
import dayjs from "dayjs";
import timezone from "dayjs/plugin/timezone.js";
import utc from "dayjs/plugin/utc.js";
import { DateTime } from "luxon";
import moment from "moment-timezone";

dayjs.extend(utc);
dayjs.extend(timezone);
const zone = "Europe/Berlin";
const readers = {
  luxon: (text) => DateTime.fromISO(text, { zone }).toMillis(),
  moment: (text) => moment.tz(text, zone).valueOf(),
  "@date-fns/tz": (text) => parseISO(text, { in: tz(zone) }).getTime(),
  dayjs: (text) => dayjs.tz(text, zone).valueOf(),
  "date-fns-tz": (text) => fromZonedTime(text, zone).getTime(),
};
const texts = ["2026-11-27T10:30:00+05:30", "2026-11-27T10:30:00Z"];
if (process.argv[2] === "print") {
  const at = (read) => texts.map((text) => new Date(read(text)).toISOString().slice(8, 16)).join(", ");
  console.log(JSON.stringify(Object.fromEntries(Object.entries(readers).map(([name, read]) => [name, at(read)]))));
} else {
  const inZone = (TZ) => JSON.parse(execFileSync(process.execPath, ["look.mjs", "print"], { env: { ...process.env, TZ }, encoding: "utf8" }));
  const seen = { "process in UTC": inZone("UTC"), "process in New York": inZone("America/New_York") };
  console.table(seen);
  const right = "27T05:00, 27T10:30";
  const alike = { luxon: right, moment: right, "@date-fns/tz": right, dayjs: "27T04:00, 27T09:30" };
  assert.deepEqual(seen, {
    "process in UTC": { ...alike, "date-fns-tz": "27T04:00, 27T09:30" },
    "process in New York": { ...alike, "date-fns-tz": "26T23:00, 27T04:30" },
  });
}
END
node look.mjs
