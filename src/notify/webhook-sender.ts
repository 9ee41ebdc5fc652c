/**
 * Tells the ends of jobs to whoever asked for it. Ends become deliveries in the ledger first; an attempt is taken under a lease, sent and recorded,
 * by whichever process comes first. One that dies in between sends it again under the same id: at least once, never lost.
 */

import type { WebhookFormat } from "../domain/webhook-format.ts";
import type { JobReader, JobSnapshot } from "../ledger/port/job-reader.ts";
import type { DueDelivery, WebhookLedger } from "../ledger/port/webhook-ledger.ts";
import type { Clock } from "../process/clock.ts";
import { type Loop, startLoop } from "../process/loop.ts";
import { chatBody, mailText, messageOf } from "./messages.ts";
import type { SendMail } from "./send-mail.ts";
import { outcomeOf, type Reply } from "./webhook-attempt.ts";
import { webhookHeaders } from "./webhook-signature.ts";

const LOOK_EVERY_MS = 1_000;
const ENDS_A_ROUND = 100;
const TAKEN_AT_A_TIME = 32;
/** Endpoints that are spoken with at the same time. */
const MOST_LINES = 64;
/** Longer than an attempt may take. */
const LEASE_MS = 60_000;

/** Sends one request behind the guard for other people's hosts; never rejects, never follows a redirect. */
export type PostWebhook = (url: string, headers: Readonly<Record<string, string>>, body: string) => Promise<Reply>;

export function startWebhookSender(deps: {
  readonly ledger: WebhookLedger & Pick<JobReader, "readJob">;
  readonly clock: Clock;
  readonly post: PostWebhook;
  /** A job as the API shows it. */
  readonly jobView: (job: JobSnapshot) => unknown;
  /** Signs the callbacks of jobs; null when there are none. */
  readonly callbackSecret: string | null;
  /** Null where there is no server for mails. */
  readonly sendMail: SendMail | null;
  /** Where people find the dashboard; null where nobody said. */
  readonly publicUrl: string | null;
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
}): Loop {
  const { ledger, clock } = deps;

  async function announceEnds(): Promise<void> {
    const ends = await ledger.readUnannounced(ENDS_A_ROUND);
    for (const end of ends) {
      const job = await ledger.readJob(end.jobId);
      const event = `job.${end.status}`;
      const timestamp = new Date(end.endedAt).toISOString();
      // Of a job that was deleted since, nothing is known but that it ended.
      const data = job ? deps.jobView(job) : { job_id: end.jobId };
      await ledger.announceEnd(end, event, JSON.stringify({ type: event, timestamp, data }));
    }
    if (ends.length === ENDS_A_ROUND) await announceEnds();
  }

  async function postSigned(due: DueDelivery): Promise<Reply> {
    const secrets = due.endpointId === 0 && deps.callbackSecret !== null ? [deps.callbackSecret] : due.secrets;
    if (secrets.length === 0) return { kind: "failed", error: "there is no secret to sign it with" };
    const { payload } = due;
    return await deps.post(
      due.url,
      webhookHeaders({ id: `whd_${due.no}`, at: clock.now(), payload, secrets }),
      payload,
    );
  }

  async function tellPeople(due: DueDelivery, format: Exclude<WebhookFormat, "json">): Promise<Reply> {
    const message = messageOf(due.payload, deps.publicUrl);
    if (format !== "email")
      return await deps.post(due.url, { "content-type": "application/json" }, chatBody(format, message));
    if (!deps.sendMail) return { kind: "failed", error: "mails are not sent here: there is no STOREWALK_SMTP_URL" };
    const to = due.url.slice("mailto:".length);
    return await deps.sendMail({ to, subject: message.title, text: mailText(message), id: `whd_${due.no}` });
  }

  async function attempt(due: DueDelivery): Promise<void> {
    const begunAt = clock.now();
    const reply = await (due.format === "json" ? postSigned(due) : tellPeople(due, due.format));
    const tookMs = Math.max(0, clock.now() - begunAt);
    await ledger.recordAttempt(due, { ...outcomeOf(reply, due.attempts, deps.random()), tookMs });
  }

  /** Endpoints, and addresses of callbacks, with the attempts in hand: nobody waits for another's. */
  const lines = new Map<string, Promise<void>>();

  function send(line: string, deliveries: readonly DueDelivery[]): void {
    const sent = Promise.all(deliveries.map(attempt))
      .then(() => {}, deps.onError)
      .finally(() => {
        lines.delete(line);
        loop.wake();
      });
    lines.set(line, sent);
  }

  async function round(): Promise<void> {
    await announceEnds();
    if (lines.size >= MOST_LINES) return;
    const due = await ledger.takeDue(TAKEN_AT_A_TIME, LEASE_MS, [...lines.keys()]);
    for (const [line, deliveries] of Map.groupBy(due, (one) => one.line)) send(line, deliveries);
    // There may be more, of lines that had no room among these.
    if (due.length === TAKEN_AT_A_TIME) loop.wake();
  }

  const loop = startLoop({ clock, pauseMs: LOOK_EVERY_MS, round, onError: deps.onError });
  return {
    wake: loop.wake,
    async stop() {
      await loop.stop();
      await Promise.all(lines.values());
    },
  };
}
