/** The wire alone, a process of its own: each photo's beginning and end in one packet, and the bytes thrown away. */
import { createGuard } from "../../src/pipeline/fetch/guard.ts";
import type { Receiver } from "../../src/pipeline/fetch/wire/connection.ts";
import { createWire } from "../../src/pipeline/fetch/wire/wire.ts";
import type { RangeLoopOrder } from "./loop.ts";

const LIMITS = {
  headersMs: 10_000,
  nextHeadersMs: 10_000,
  bodyIdleMs: 10_000,
  idleMs: 4_000,
  maxHeaderBytes: 16_384,
  maxWireBytes: 2 ** 26,
};

async function run({ address, images, ranges, connections }: RangeLoopOrder): Promise<void> {
  const guard = createGuard({ allowHosts: [new URL(address).host] });
  const wire = createWire({ open: guard.open, limits: LIMITS });
  const fields = ranges.map((range) => `accept-encoding: identity\r\nrange: ${range}\r\n`);
  let next = 0;

  function fetchOne(url: URL): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let open = ranges.length;
    const receiver: Receiver = {
      onHead: () => {},
      onBytes: () => {},
      onEnd() {
        open -= 1;
        if (open === 0) resolve();
      },
      onFault: reject,
    };
    wire.get(
      { url, target: url.pathname, fields, fresh: false },
      ranges.map(() => receiver),
    );
    return promise;
  }

  async function lane(): Promise<void> {
    while (next < images) await fetchOne(new URL(`${address}/${next++}.jpg`));
  }

  await Promise.all(Array.from({ length: connections }, lane));
  wire.close();
}

process.on("message", async (order: RangeLoopOrder) => {
  const start = performance.now();
  await run(order);
  process.send?.({ ms: performance.now() - start });
});
process.on("disconnect", () => process.exit());
