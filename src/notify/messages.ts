/** What people are told in a chat or a mail: the same facts as the signed JSON, in words. Must never carry what a chat would run or render as a link of somebody else's. */
import { plainText } from "../domain/plain-text.ts";
import type { WebhookFormat } from "../domain/webhook-format.ts";
import { alertMessage } from "./alert-messages.ts";

export type Message = { readonly title: string; readonly lines: readonly string[]; readonly link: string | null };

const WHOLE = new Intl.NumberFormat("en");
const SHARE = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });
const CAUSES_SHOWN = 3;

/** Of a delivery's payload; `publicUrl` is where people find the dashboard, null where nobody said. */
export function messageOf(payload: string, publicUrl: string | null): Message {
  const { type, data }: { readonly type: string; readonly data: unknown } = JSON.parse(payload);
  if (type.startsWith("alert.")) {
    const { title, lines, place } = alertMessage(type, fields(data));
    return { title, lines, link: linkTo(publicUrl, place) };
  }
  const job = fields(data);
  const jobId = number(job.job_id);
  if (type === "ping" || jobId === null)
    return { title: "Storewalk: a message to try this channel", lines: ["It works."], link: publicUrl };
  // Without counts: it was deleted before this could be told, and there is nothing to look at.
  if (job.counts === undefined) return { title: `Job ${jobId} ended and was deleted`, lines: [], link: null };
  const { images, done, failed, visits } = countsOf(job);
  const name = typeof job.external_id === "string" ? ` (${plainText(job.external_id)})` : "";
  const causes = Object.entries(fields(job.failures_by_code))
    .map(([code, count]) => [code, number(count) ?? 0] as const)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, CAUSES_SHOWN);
  return {
    title: `Job ${jobId}${name} ${endOf(type, failed, images)}`,
    lines: [
      `${WHOLE.format(done)} of ${WHOLE.format(images)} images in ${WHOLE.format(visits)} visits have a result.`,
      ...(causes.length === 0
        ? []
        : [`Causes: ${causes.map(([code, count]) => `${WHOLE.format(count)} × ${code}`).join(", ")}`]),
    ],
    link: linkTo(publicUrl, `/jobs/${jobId}`),
  };
}

const linkTo = (publicUrl: string | null, place: string): string | null =>
  publicUrl === null ? null : publicUrl.replace(/\/$/, "") + place;

function endOf(type: string, failed: number, images: number): string {
  if (type === "job.completed") return "is completed";
  if (type === "job.cancelled") return "was cancelled";
  return `ended with ${SHARE.format(images === 0 ? 0 : failed / images)} of its images failed (${WHOLE.format(failed)})`;
}

/** What is sent of a payload: itself, signed, or the words that a chat or a mailbox gets. */
export function sentText(format: WebhookFormat, payload: string, publicUrl: string | null): string {
  if (format === "json") return payload;
  const message = messageOf(payload, publicUrl);
  return format === "email" ? mailText(message) : chatBody(format, message);
}

/** As the incoming webhook of a chat takes it. */
export function chatBody(format: Exclude<WebhookFormat, "json" | "email">, { title, lines, link }: Message): string {
  return JSON.stringify(format === "slack" ? slackBody(title, lines, link) : teamsBody(title, lines, link));
}

function slackBody(title: string, lines: readonly string[], link: string | null) {
  const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text } });
  return {
    text: slackText(title),
    blocks: [
      section(`*${slackText(title)}*`),
      ...(lines.length === 0 ? [] : [section(lines.map(slackText).join("\n"))]),
      ...(link === null ? [] : [section(`<${link}|Open it in Storewalk>`)]),
    ],
  };
}

/** The three signs that Slack reads itself; what would make text bold is left out, since a name may have it. */
const slackText = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[*_~`]/g, " ");

function teamsBody(title: string, lines: readonly string[], link: string | null) {
  const block = (text: string, more: object = {}) => ({
    type: "TextBlock",
    text: teamsText(text),
    wrap: true,
    ...more,
  });
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          body: [block(title, { weight: "Bolder", size: "Medium" }), ...lines.map((line) => block(line))],
          ...(link === null ? {} : { actions: [{ type: "Action.OpenUrl", title: "Open it in Storewalk", url: link }] }),
        },
      },
    ],
  };
}

/** Text of a card is Markdown. */
const teamsText = (text: string): string => text.replace(/[\\`*_{}[\]()#<>]/g, (sign) => `\\${sign}`);

export function mailText({ title, lines, link }: Message): string {
  return `${[title, ...(lines.length === 0 ? [] : ["", ...lines]), ...(link === null ? [] : ["", link])].join("\n")}\n`;
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

const number = (value: unknown): number | null => (typeof value === "number" ? value : null);

function countsOf(job: Readonly<Record<string, unknown>>) {
  const counts = fields(job.counts);
  const of = (name: string) => number(counts[name]) ?? 0;
  return { images: of("images"), done: of("done"), failed: of("failed"), visits: of("visits") };
}
