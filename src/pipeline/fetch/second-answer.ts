/**
 * The file's last bytes, when they were asked for in one breath with its first. They are a gift: where they do not come, or not as they
 * should, they are asked for when they are wanted, and nothing is said of it.
 */
import type { Answer } from "./exchange.ts";
import { isIdentity } from "./headers.ts";
import type { KnownFile } from "./known-file.ts";
import { partOf, readPart } from "./partial.ts";
import type { Order } from "./ranges.ts";
import type { Received } from "./requests.ts";
import { isRefusal } from "./status-rules.ts";

/** Throws the signal's reason only. */
export async function takeEnd(
  beside: Promise<Answer>,
  order: Order,
  file: KnownFile,
  { hostname, length }: { readonly hostname: string; readonly length: number },
  signal: AbortSignal,
): Promise<void> {
  try {
    const answer = await beside;
    // Too much for the host, which kept the order all the same.
    if (isRefusal(answer.status)) {
      answer.body.discard();
      return;
    }
    const isPart = answer.status === 206 && isIdentity(answer.headers);
    const part = isPart ? partOf(answer, { kind: "suffix", length }) : null;
    if (part === null) order.wasBroken();
    if (part === null || !file.agreesWith(answer.headers, part.total)) {
      answer.body.discard();
      return;
    }
    const bytes = await readPart(answer, part, hostname);
    if (!file.complete) file.addPart(part, bytes);
    order.wasKept();
  } catch {
    signal.throwIfAborted();
    order.lostSecond();
  }
}

/** It is not wanted. */
export function dropEnd({ beside }: Received): void {
  beside?.then(({ body }) => body.discard()).catch(() => {});
}
