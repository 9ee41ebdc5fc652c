/** The pure rules: back-off, Retry-After, Content-Range, expiry of signed URLs. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ImageFault } from "../../domain/error-codes.ts";
import { expiryOf } from "../../domain/signed-url.ts";
import { parseContentRange, totalOfUnsatisfied } from "./content-range.ts";
import { ifRangeOf } from "./headers.ts";
import { isRetryable, parseRetryAfter, TransientFault, waitBeforeRetry } from "./retry.ts";

const BACKOFF = { backoffMs: 250, maxBackoffMs: 10_000 };

describe("back-off", () => {
  it("is a share of a time that doubles up to its limit", () => {
    const fault = new ImageFault("timeout", "late");
    const waits = [1, 2, 3, 6, 7, 50].map((attempts) => waitBeforeRetry(fault, attempts, 0.5, BACKOFF));
    assert.deepEqual(waits, [125, 250, 500, 4_000, 5_000, 5_000]);
    assert.equal(waitBeforeRetry(fault, 9, 0, BACKOFF), 0);
  });

  it("is never shorter than the host asked for, nor negative, nor longer than both", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.option(fc.nat(100_000)),
        (attempts, random, asked) => {
          const wait = waitBeforeRetry(new TransientFault("http_error", "busy", asked), attempts, random, BACKOFF);
          assert.ok(wait >= (asked ?? 0) && wait <= Math.max(asked ?? 0, BACKOFF.maxBackoffMs));
        },
      ),
    );
  });

  it("is for faults that may pass", () => {
    assert.equal(isRetryable(new ImageFault("connect_failed", "")), true);
    assert.equal(isRetryable(new TransientFault("http_error", "", null)), true);
    assert.equal(isRetryable(new ImageFault("http_error", "")), false);
    assert.equal(isRetryable(new ImageFault("blocked_address", "")), false);
  });
});

describe("Retry-After", () => {
  const now = Date.parse("2026-11-23T12:00:00Z");
  for (const [header, ms] of [
    ["0", 0],
    ["120", 120_000],
    ["Mon, 23 Nov 2026 12:01:00 GMT", 60_000],
    ["Monday, 23-Nov-26 12:01:00 GMT", 60_000],
    ["Mon, 23 Nov 2026 11:00:00 GMT", 0],
    ["", null],
    ["-1", null],
    ["1.5", null],
    ["2026-11-23", null],
    ["12:00:00", null],
    ["99999999999999999999", null],
    ["soon", null],
  ] as const) {
    it(`"${header}" is ${ms === null ? "nothing to go by" : `${ms} ms`}`, () =>
      assert.equal(parseRetryAfter(header, now), ms));
  }

  it("never makes a wait of anything but a whole number from 0 up", () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const wait = parseRetryAfter(header, now);
        assert.ok(wait === null || (Number.isSafeInteger(wait) && wait >= 0));
      }),
    );
  });
});

describe("Content-Range", () => {
  it("is read as it is written", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.option(fc.nat()), (first, more, rest) => {
        const last = first + more;
        const total = rest === null ? null : last + 1 + rest;
        assert.deepEqual(parseContentRange(`bytes ${first}-${last}/${total ?? "*"}`), { first, last, total });
      }),
    );
  });

  it("is not read when its numbers contradict each other", () => {
    for (const header of [
      "bytes 2-1/9",
      "bytes 0-9/9",
      "bytes 0-9/0",
      "bytes 0-/9",
      "bytes -1/9",
      "bytes */9",
      "",
      "0-1/2",
    ]) {
      assert.equal(parseContentRange(header), null, header);
    }
  });

  it("is either refused or makes sense, whatever comes", () => {
    const pieces = fc.array(fc.constantFrom("bytes", " ", "-", "/", "*", "0", "1", "99", "9".repeat(16), ",", "\t"));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          pieces.map((all) => all.join("")),
        ),
        (header) => {
          const range = parseContentRange(header);
          if (range === null) return;
          assert.ok(range.first <= range.last && Number.isSafeInteger(range.last));
          assert.ok(range.total === null || range.last < range.total);
        },
      ),
    );
  });

  it("of a 416 tells the length", () => {
    assert.equal(totalOfUnsatisfied("bytes */47022"), 47_022);
    for (const header of ["bytes */*", "bytes 0-1/2", ""]) assert.equal(totalOfUnsatisfied(header), null);
  });
});

describe("a validator for If-Range", () => {
  const date = "Mon, 23 Nov 2026 12:00:10 GMT";
  for (const [headers, validator] of [
    [{ etag: '"a"' }, '"a"'],
    [{ etag: 'W/"a"' }, null],
    [{ etag: "a" }, null],
    [{ etag: 'W/"a"', "last-modified": "Mon, 23 Nov 2026 12:00:09 GMT", date }, "Mon, 23 Nov 2026 12:00:09 GMT"],
    [{ "last-modified": "Mon, 23 Nov 2026 12:00:10 GMT", date }, null],
    [{ "last-modified": "Mon, 23 Nov 2026 12:00:09 GMT" }, null],
    [{ etag: ['"a"', '"b"'] }, null],
    [{}, null],
  ] as const) {
    it(`of ${JSON.stringify(headers)} is ${validator}`, () => assert.equal(ifRangeOf(headers), validator));
  }
});

describe("a signed URL's end", () => {
  for (const [query, end] of [
    ["X-Amz-Date=20261123T110000Z&X-Amz-Expires=600&X-Amz-Signature=s", "2026-11-23T11:10:00.000Z"],
    ["x-amz-date=20261123T110000Z&x-amz-expires=600", "2026-11-23T11:10:00.000Z"],
    ["X-Goog-Date=20260101T000000Z&X-Goog-Expires=604800", "2026-01-08T00:00:00.000Z"],
    ["sv=2024-11-04&se=2026-11-23T11%3A00%3A00Z&sig=s", "2026-11-23T11:00:00.000Z"],
    ["se=2026-11-23&sig=s", "2026-11-23T00:00:00.000Z"],
    ["Expires=1700000000&Signature=s&Key-Pair-Id=k", "2023-11-14T22:13:20.000Z"],
    ["GoogleAccessId=a&Expires=1700000000&Signature=s", "2023-11-14T22:13:20.000Z"],
    ["se=2026-11-23", null],
    ["Expires=1700000000", null],
    ["X-Amz-Date=20261123T110000Z", null],
    ["X-Amz-Date=20261399T110000Z&X-Amz-Expires=600", null],
    ["X-Amz-Date=yesterday&X-Amz-Expires=600", null],
    ["Expires=tomorrow&Signature=s", null],
    ["", null],
  ] as const) {
    it(`is ${end ?? "unknown"} for ?${query}`, () => {
      const expiry = expiryOf(new URL(`https://bucket.example/a.jpg?${query}`));
      assert.equal(expiry === null ? null : new Date(expiry).toISOString(), end);
    });
  }

  it("is a sane instant or unknown for any query", () => {
    const name = fc.constantFrom("X-Amz-Date", "X-Amz-Expires", "se", "sig", "Expires", "Signature", "X-Goog-Date");
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string())), (pairs) => {
        const expiry = expiryOf(new URL(`https://a.example/?${new URLSearchParams(pairs)}`));
        assert.ok(expiry === null || !Number.isNaN(new Date(expiry).getTime()));
      }),
    );
  });
});
