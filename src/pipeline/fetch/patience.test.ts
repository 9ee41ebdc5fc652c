/** Hosts that refuse what is too much for them, on real sockets and in real time: nothing of them is lost, and what was asked costs no attempt. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { systemClock } from "../../process/clock.ts";
import { patternOf, startFetching } from "../../testing/image-fetching.ts";
import { NGINX, startNginx } from "../../testing/nginx.ts";
import { startRefusingHost } from "../../testing/refusing-host.ts";
import { findProgram } from "../../testing/test-services.ts";
import type { RemoteImage } from "./remote-image.ts";

const PHOTO = patternOf(1_000);
/** A part of it takes nginx a third of a second at the rate below: what its first second allows goes out at once. */
const LARGE_PHOTO = patternOf(60_000);
/** Beginning and end of it are two requests. */
const CAMERA_PHOTO = patternOf(300_000);
const nginx = findProgram(NGINX.path, NGINX.get);

/** Fetches so many images at once; says how many came, and how many attempts each took at most. */
async function fetchAll(
  t: TestContext,
  images: number,
  url: (image: number) => string,
  read: (image: RemoteImage) => Promise<unknown> = (image) => image.prefix(1),
) {
  const fetching = startFetching({ clock: systemClock });
  t.after(() => fetching.close());
  const attempts = await Promise.all(
    Array.from({ length: images }, async (_, no) => {
      const image = fetching.open(url(no));
      await read(image);
      return image.attempts();
    }),
  );
  const refusals = fetching.hosts.readings().reduce((sum, [, reading]) => sum + reading.refusals, 0);
  return { fetched: attempts.length, mostAttempts: Math.max(...attempts), wasRefused: refusals > 0 };
}

/** As one who measures reads it: its beginning and its end, each a request. */
async function beginningAndEnd(image: RemoteImage): Promise<void> {
  await image.prefix(1_000);
  await image.tail(4_096);
  image.release();
}

describe("a host that serves so many at a time and refuses the rest", () => {
  for (const [atATime, images] of [
    [20, 1_000],
    [5, 300],
  ] as const) {
    for (const status of [503, 429] as const) {
      it(`loses no image: ${atATime} at a time, ${status}`, async (t) => {
        const host = await startRefusingHost({ atATime, status, answerMs: 10, photo: PHOTO });
        t.after(() => host.close());
        const ends = await fetchAll(t, images, (no) => host.url(`/${no}.jpg`));
        assert.deepEqual(ends, { fetched: images, mostAttempts: 1, wasRefused: true });
        assert.equal(host.served, images);
        assert.ok(host.refused > 0 && host.refused < images / 10, `${host.refused} refusals`);
      });
    }
  }
});

describe("nginx", { skip: nginx.skip }, () => {
  // Fewer than even a busy machine asks for.
  const zone =
    "limit_req_zone $binary_remote_addr zone=all:1m rate=40r/s; limit_conn_zone $binary_remote_addr zone=one:1m;";
  const named = "error_page 429 = @busy; error_page 503 = @busy;";
  for (const [name, location] of [
    ["limit_req, 503", "limit_req zone=all burst=10 nodelay;"],
    ["limit_req, 429", "limit_req zone=all burst=10 nodelay; limit_req_status 429;"],
    ["limit_conn", "limit_conn one 10; limit_rate 25k;"],
  ] as const) {
    it(`with ${name} loses no image`, async (t) => {
      const host = await startNginx({ http: zone, location, photo: LARGE_PHOTO });
      t.after(() => host.close());
      const ends = await fetchAll(t, 100, (no) => host.url(`/photo.jpg?${no}`));
      assert.deepEqual(ends, { fetched: 100, mostAttempts: 1, wasRefused: true });
    });
  }

  for (const status of [429, 503]) {
    it(`with limit_req and no burst, ${status}, loses no image and refuses few requests`, async (t) => {
      const location = `limit_req zone=all; limit_req_status ${status};`;
      const host = await startNginx({ http: zone, location, photo: CAMERA_PHOTO });
      t.after(() => host.close());
      const ends = await fetchAll(t, 100, (no) => host.url(`/photo.jpg?${no}`), beginningAndEnd);
      assert.deepEqual(ends, { fetched: 100, mostAttempts: 1, wasRefused: true });
      const { served, refused } = await host.answers();
      assert.equal(served, 200);
      assert.ok(refused <= (served + refused) / 10, `${refused} refused, ${served} served`);
    });

    it(`with limit_req, ${status} and Retry-After loses no image`, async (t) => {
      const location = `limit_req zone=all burst=10 nodelay; limit_req_status ${status}; ${named}`;
      const busy = `} location @busy { add_header Retry-After 1 always; return ${status};`;
      const host = await startNginx({ http: zone, location: `${location} ${busy}`, photo: PHOTO });
      t.after(() => host.close());
      const ends = await fetchAll(t, 60, (no) => host.url(`/photo.jpg?${no}`));
      assert.deepEqual(ends, { fetched: 60, mostAttempts: 1, wasRefused: true });
    });
  }
});
