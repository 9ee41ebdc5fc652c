/** What a bare loop is told to do, and how it is run: each time in a process of its own, whose processor time is read from outside. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { cpuMsOf } from "./cpu-time.ts";

export type LoopOrder = {
  readonly address: string;
  readonly images: number;
  readonly connections: number;
};

export type RangeLoopOrder = LoopOrder & { readonly ranges: readonly string[] };

export type Measured = {
  readonly imagesPerS: number;
  /** Of all threads, in user and kernel. */
  readonly cpuUs: number;
};

const Done = Type.Object({ ms: Type.Number() });

/** `ca` is a file with the authority to trust, for a host of TLS. */
export async function runLoop(script: string, order: LoopOrder, ca: string | null): Promise<Measured> {
  const child = fork(new URL(script, import.meta.url), {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    env: { ...process.env, ...(ca === null ? {} : { NODE_EXTRA_CA_CERTS: ca }) },
  });
  try {
    // The first order warms it up, compiler and connections.
    child.send({ ...order, images: Math.ceil(order.images / 4) });
    await once(child, "message");
    const cpuMs = cpuMsOf(child.pid);
    child.send(order);
    const [message] = await once(child, "message");
    const { ms } = Value.Parse(Done, message);
    return { imagesPerS: (order.images / ms) * 1_000, cpuUs: ((cpuMsOf(child.pid) - cpuMs) / order.images) * 1_000 };
  } finally {
    child.disconnect();
  }
}
