/** Starts an image host of the bench, near or behind a long line. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { Type } from "typebox";
import { Value } from "typebox/value";
import type { Certificate } from "../../src/testing/certificate.ts";
import type { PhotoSize } from "../camera-photo.ts";

export type Photos = {
  readonly address: string;
  /** What the host was asked for so far. */
  count(): Promise<{ readonly requests: number; readonly bytes: number }>;
  stop(): void;
};

const GIGABIT_BYTES_PER_MS = 125_000;
const Address = Type.Object({ address: Type.String() });
const Count = Type.Object({ requests: Type.Number(), bytes: Type.Number() });

/** Without a round trip there is no line. */
export async function startPhotos(setup: {
  readonly size: PhotoSize;
  readonly tls: Certificate | null;
  readonly roundTripMs: number;
}): Promise<Photos> {
  const { size, tls, roundTripMs } = setup;
  const execArgv = ["--disable-warning=ExperimentalWarning"];
  const host = fork(new URL("./photo-host.ts", import.meta.url), { execArgv });
  host.send({ size, tls });
  const direct = Value.Parse(Address, (await once(host, "message"))[0]).address;
  const line = roundTripMs === 0 ? null : fork(new URL("./delay-line.ts", import.meta.url), { execArgv });
  line?.send({ port: Number(new URL(direct).port), roundTripMs, bytesPerMs: GIGABIT_BYTES_PER_MS });
  const address = line === null ? direct : Value.Parse(Address, (await once(line, "message"))[0]).address;
  return {
    address,
    async count() {
      host.send("count");
      return Value.Parse(Count, (await once(host, "message"))[0]);
    },
    stop() {
      line?.disconnect();
      host.disconnect();
    },
  };
}
