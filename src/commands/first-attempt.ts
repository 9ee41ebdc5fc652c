/** Waits for what became of a message's first attempt, so that whoever tries a channel hears whether it works. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Delivery, Storewalk } from "../../sdk/src/client.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { say } from "./talk.ts";

const POLL_MS = 250;
/** An attempt ends within 15 s, and begins within two. */
const LONGEST_MS = 20_000;

export async function firstAttempt(client: Pick<Storewalk, "deliveries">, sent: Delivery): Promise<Delivery> {
  const until = Date.now() + LONGEST_MS;
  let known = sent;
  while (!isTried(known) && Date.now() < until) {
    await sleep(POLL_MS);
    known = await client.deliveries.get(sent.no);
  }
  return known;
}

/** Says how it went; the code of a set-up that is not in order where a message did not arrive. */
export function sayOutcome({ no, webhook_id: webhook, status, ...last }: Delivery): ExitCode {
  const answer = last.last_status === null ? last.last_error : `it answered ${last.last_status}`;
  if (status === "delivered") {
    say(`Message ${no} is delivered to webhook ${webhook}: ${answer}.`);
    return EXIT.ok;
  }
  const next = last.next_attempt_at === null ? "it is given up" : `it is sent again at ${last.next_attempt_at}`;
  if (answer === null)
    say(`Message ${no} to webhook ${webhook} was not sent within ${LONGEST_MS / 1_000} s; is it switched off?`);
  else say(`Message ${no} did not arrive at webhook ${webhook}: ${answer}; ${next}.`);
  return EXIT.badConfig;
}

const isTried = ({ status, last_status: answer, last_error: error }: Delivery): boolean =>
  status !== "pending" || answer !== null || error !== null;
