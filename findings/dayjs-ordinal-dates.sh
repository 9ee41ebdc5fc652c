#!/usr/bin/env bash
# Guess: the day of the year, 2026-331 (ISO 8601's ordinal date), is 27 November 2026 for a library that reads ISO 8601, or is refused.
# Came: dayjs 1.11.23 reads 1 September 2028, and calls it valid: month 33, day 1. luxon 3.7.2, date-fns 4.4.0 and moment 2.31.0 read
# 27 November, Date.parse of Node refuses it.
# Why it matters: lot codes and some devices count the days of the year. The date is wrong by two years without a word.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund dayjs@1.11.23 luxon@3.7.2 date-fns@4.4.0 moment@2.31.0
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import { format, parseISO } from "date-fns";
import dayjs from "dayjs";
import { DateTime } from "luxon";
import moment from "moment";

const day = "2026-331";
const seen = {
  luxon: DateTime.fromISO(day).toISODate(),
  "date-fns": format(parseISO(day), "yyyy-MM-dd"),
  moment: moment(day, moment.ISO_8601, true).format("YYYY-MM-DD"),
  "Date.parse": `${Date.parse(day)}`,
  dayjs: `${dayjs(day).format("YYYY-MM-DD")}, valid: ${dayjs(day).isValid()}`,
};
console.table(seen);
assert.deepEqual(seen, { luxon: "2026-11-27", "date-fns": "2026-11-27", moment: "2026-11-27", "Date.parse": "NaN", dayjs: "2028-09-01, valid: true" });
END
node look.mjs
