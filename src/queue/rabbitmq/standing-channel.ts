/**
 * A channel that stands again by itself: connected, set up, and after each loss set up anew from the start, so that nothing the broker
 * forgot is taken for granted. The one shape of publisher and consumer; both differ in what they set up.
 */
import type { Channel } from "rabbitmq-client";
import { systemClock } from "../../process/clock.ts";
import { type LinkName, type OnQueueEvent, reasonOf } from "../queue-events.ts";
import type { AmqpAddress } from "./address.ts";
import { backoffMs, MOST_BACKOFF_MS } from "./backoff.ts";
import { CLOSE_MS, openLink } from "./link.ts";
import { within } from "./within.ts";

export type StandingChannel = {
  /** The channel once it is set up; rejects with the signal's reason when that comes first. */
  ready(signal: AbortSignal): Promise<Channel>;
  /** Drops this channel for another, because the broker no longer has what was set up. */
  renew(channel: Channel, reason: Error): void;
  /** Why the broker takes no messages now, if it does not. */
  blocked(): string | null;
  /** Why there is no channel, null while there is one. */
  fault(): unknown;
  close(): Promise<void>;
};

export function keepChannel(deps: {
  readonly address: AmqpAddress;
  readonly link: LinkName;
  readonly connectionName: string;
  readonly setUp: (channel: Channel) => Promise<void>;
  readonly onEvent: OnQueueEvent;
}): StandingChannel {
  const { onEvent } = deps;
  const stopping = new AbortController();
  const waiting = new Set<(channel: Channel) => void>();
  let latest: Channel | null = null;
  let standing: Channel | null = null;
  let renewed: Error | null = null;
  let told: string | null = null;
  let fault: unknown = new Error("not connected yet");

  function lost(error: unknown): void {
    fault = error;
    const reason = reasonOf(error);
    if (stopping.signal.aborted || reason === told) return;
    told = reason;
    onEvent({ kind: "lost", link: deps.link, reason });
  }

  const link = openLink({
    address: deps.address,
    name: deps.connectionName,
    onLost: lost,
    onBlocked: (reason) => onEvent(reason === null ? { kind: "unblocked" } : { kind: "blocked", reason }),
  });

  function stands(channel: Channel): void {
    standing = channel;
    told = null;
    fault = null;
    onEvent({ kind: "ready", link: deps.link });
    for (const take of waiting) take(channel);
    waiting.clear();
  }

  /** Returns why it ended, or throws why it did not come about. */
  async function standOnce(): Promise<unknown> {
    const channel = await link.openChannel();
    latest = channel;
    renewed = null;
    const closed = Promise.withResolvers<void>();
    let channelError: unknown = null;
    channel.on("error", (error) => {
      channelError = error;
    });
    channel.once("close", closed.resolve);
    try {
      if (stopping.signal.aborted) throw new Error("stopping");
      await deps.setUp(channel);
    } catch (error) {
      void channel.close();
      throw error;
    }
    if (channel.active) stands(channel);
    await closed.promise;
    standing = null;
    return renewed ?? channelError ?? link.fault() ?? new Error("the broker closed the channel");
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      const begunAt = performance.now();
      lost(await standOnce().catch((error: unknown) => error));
      // What lasts no longer than the longest pause counts as a failure, or a broker that takes and drops would be asked without rest.
      failures = performance.now() - begunAt > MOST_BACKOFF_MS ? 1 : failures + 1;
      await systemClock.sleep(backoffMs(failures, Math.random()), stopping.signal);
    }
  }

  const running = run();
  return {
    ready: (signal) => {
      if (standing?.active) return Promise.resolve(standing);
      return new Promise((resolve, reject) => {
        const onAbort = () => {
          waiting.delete(take);
          reject(signal.reason);
        };
        function take(channel: Channel): void {
          signal.removeEventListener("abort", onAbort);
          resolve(channel);
        }
        waiting.add(take);
        signal.addEventListener("abort", onAbort, { once: true });
      });
    },
    renew(channel, reason) {
      if (channel !== latest) return;
      standing = null;
      renewed = reason;
      void channel.close();
    },
    blocked: link.blocked,
    fault: () => fault,
    async close() {
      stopping.abort();
      // One after the other: the library's `close` never ends when the connection is lost while it waits for channels.
      const answers = latest === null || (await within(CLOSE_MS, latest.close()));
      if (answers) await link.close();
      else link.destroy();
      await running;
    },
  };
}
