#!/usr/bin/env bash
# Guess: prev() walks back over the same runs that next() made, in every zone.
# What came (cron-parser 5.10.5):
#   "0 */2 * * *" in Berlin, night of 25 October 2026: next() gives 00:00Z, then 03:00Z. prev() from there gives
#   01:00Z, the second 02:00 of that night, which next() never named.
#   "0 0 * * *" in Cairo: next() gives a run on 24 April 2026, whose midnight does not exist (the clock jumps to
#   01:00). prev() from the day after throws "Invalid expression, loop limit exceeded".
# Why it matters: "what should have run last?" is how a scheduler finds missed work after a restart. Here it finds a
# nightly import that nobody missed and does it again, or dies on a valid schedule, one night a year.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund cron-parser@5.10.5
cat >look.mjs <<'JS'
import { CronExpressionParser } from "cron-parser";

const at = (text, tz, from) => CronExpressionParser.parse(text, { tz, currentDate: new Date(from) });
const iso = (date) => date.toDate().toISOString();

const forward = at("0 */2 * * *", "Europe/Berlin", "2026-10-24T23:59:00Z");
const next = [iso(forward.next()), iso(forward.next())];
const prev = iso(at("0 */2 * * *", "Europe/Berlin", next[1]).prev());

const cairo = at("0 0 * * *", "Africa/Cairo", "2026-04-23T12:00:00Z");
const onThatDay = iso(cairo.next());
let back;
try {
  back = iso(at("0 0 * * *", "Africa/Cairo", "2026-04-24T12:00:00Z").prev());
} catch (error) {
  back = error.message;
}
console.log({ next, prev, onThatDay, back });
const same =
  next.join() === "2026-10-25T00:00:00.000Z,2026-10-25T03:00:00.000Z" &&
  prev === "2026-10-25T01:00:00.000Z" &&
  onThatDay === "2026-04-23T22:00:00.000Z" &&
  /loop limit/.test(back);
process.exit(same ? 0 : 1);
JS
node look.mjs
