/** The raw limit: a bare undici loop, a process of its own, that makes the requests and throws the bytes away. */
import { Agent } from "undici";

type Order = {
  readonly address: string;
  readonly images: number;
  readonly ranges: readonly string[];
  readonly connections: number;
};

async function run({ address, images, ranges, connections }: Order): Promise<number> {
  const agent = new Agent({ connections, pipelining: 1 });
  let next = 0;
  async function lane(): Promise<void> {
    while (next < images) {
      const path = `/${next++}.jpg`;
      for (const range of ranges) {
        const headers = { "accept-encoding": "identity", ...(range === "" ? {} : { range }) };
        const { body } = await agent.request({ origin: address, path, method: "GET", headers });
        for await (const _ of body);
      }
    }
  }
  const start = performance.now();
  await Promise.all(Array.from({ length: connections }, lane));
  const ms = performance.now() - start;
  await agent.close();
  return ms;
}

process.on("message", async (order: Order) => {
  process.send?.({ ms: await run(order) });
});
process.on("disconnect", () => process.exit());
