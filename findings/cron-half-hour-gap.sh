#!/usr/bin/env bash
# Guess: a daily run whose time falls into the spring gap is made that day all the same, a little later, as both
# libraries do in Berlin and Santiago.
# What came: on Lord Howe Island the clock jumps from 02:00 to 02:30 on 4 October 2026. For "15 2 * * *" croner 11.0.0
# runs at 02:30 that day. cron-parser 5.10.5 makes no run at all on the 4th: the list goes from the 3rd to the 5th. In
# Berlin, where the gap is an hour, it runs at 03:30.
# Why it matters: a day's report or clean-up is lost without a word, and only where the gap is not a whole hour.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund cron-parser@5.10.5 croner@11.0.0
cat >look.mjs <<'JS'
import { CronExpressionParser } from "cron-parser";
import { Cron } from "croner";

const days = (runs, timeZone) =>
  runs.map((run) => new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(run));
function both(text, tz, from) {
  const currentDate = new Date(from);
  const parsed = CronExpressionParser.parse(text, { tz, currentDate });
  return {
    "cron-parser": days(parsed.take(3).map((run) => run.toDate()), tz),
    croner: days(new Cron(text, { timezone: tz }).nextRuns(3, currentDate), tz),
  };
}
const howe = both("15 2 * * *", "Australia/Lord_Howe", "2026-10-02T12:00:00Z");
const berlin = both("30 2 * * *", "Europe/Berlin", "2026-03-27T12:00:00Z");
console.log({ howe, berlin });
const same =
  !howe["cron-parser"].some((run) => run.startsWith("2026-10-04")) &&
  howe.croner.includes("2026-10-04 02:30") &&
  berlin["cron-parser"].includes("2026-03-29 03:30");
process.exit(same ? 0 : 1);
JS
node look.mjs
