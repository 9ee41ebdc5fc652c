#!/usr/bin/env bash
# Guess: a dayjs time in a named zone stays in that zone through add and endOf, as luxon's does: one day after 10:00 in Berlin is 10:00 in
# Berlin, and the end of October is the last millisecond of October there.
# Came (dayjs 1.11.23): over the change of March, add(1, "day") gives 10:00+01:00, an hour later than 10:00 in Berlin. endOf("month") of
# October is 23:59:59+01:00 on a machine in UTC, and 2026-11-01T00:59:59+01:00 on one in New York. luxon 3.7.2 does as guessed on both.
# Why it matters: "the month's visits" takes in an hour of the next month, on some machines, twice a year.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund dayjs@1.11.23 luxon@3.7.2
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import dayjs from "dayjs";
import timezone from "dayjs/plugin/timezone.js";
import utc from "dayjs/plugin/utc.js";
import { DateTime } from "luxon";

dayjs.extend(utc);
dayjs.extend(timezone);
const zone = "Europe/Berlin";
const march = "2026-03-28T10:00:00";
const october = "2026-10-20T10:00:00";
if (process.argv[2] === "print") {
  const iso = (time) => time.toISO({ suppressMilliseconds: true, suppressSeconds: false }).replace(".999", "");
  console.log(
    JSON.stringify({
      "dayjs, a day later": dayjs.tz(march, zone).add(1, "day").format(),
      "luxon, a day later": iso(DateTime.fromISO(march, { zone }).plus({ days: 1 })),
      "dayjs, end of October": dayjs.tz(october, zone).endOf("month").format(),
      "luxon, end of October": iso(DateTime.fromISO(october, { zone }).endOf("month")),
    }),
  );
} else {
  const inZone = (TZ) => JSON.parse(execFileSync(process.execPath, ["look.mjs", "print"], { env: { ...process.env, TZ }, encoding: "utf8" }));
  const seen = { "process in UTC": inZone("UTC"), "process in New York": inZone("America/New_York") };
  console.table(seen);
  const alike = {
    "dayjs, a day later": "2026-03-29T10:00:00+01:00",
    "luxon, a day later": "2026-03-29T10:00:00+02:00",
    "luxon, end of October": "2026-10-31T23:59:59+01:00",
  };
  assert.deepEqual(seen, {
    "process in UTC": { ...alike, "dayjs, end of October": "2026-10-31T23:59:59+01:00" },
    "process in New York": { ...alike, "dayjs, end of October": "2026-11-01T00:59:59+01:00" },
  });
}
END
node look.mjs
