/** Sends mails through the one server that the operator named; the library is loaded with the first. Never rejects; says what the server answered. */
import type { Reply } from "./webhook-attempt.ts";

const TIME_LIMIT_MS = 15_000;

export type Mail = { readonly to: string; readonly subject: string; readonly text: string; readonly id: string };
export type SendMail = (mail: Mail) => Promise<Reply>;

export function createMailer(options: { readonly smtpUrl: string; readonly from: string }): {
  readonly send: SendMail;
  close(): Promise<void>;
} {
  let opened: ReturnType<typeof open> | null = null;
  return {
    async send({ to, subject, text, id }) {
      opened ??= open(options.smtpUrl);
      try {
        // The same id each time that it is sent: who gets it twice can tell.
        const messageId = `<${id}@storewalk>`;
        const { response } = await (await opened).sendMail({ from: options.from, to, subject, text, messageId });
        return { kind: "answered", status: 250, retryAfterMs: null, body: response };
      } catch (error) {
        return { kind: "failed", error: error instanceof Error ? error.message : String(error) };
      }
    },
    async close() {
      (await opened)?.close();
    },
  };
}

async function open(smtpUrl: string) {
  const { createTransport } = await import("nodemailer");
  const limits = { connectionTimeout: TIME_LIMIT_MS, greetingTimeout: TIME_LIMIT_MS, socketTimeout: TIME_LIMIT_MS };
  const { protocol, hostname, port, username, password } = new URL(smtpUrl);
  return createTransport({
    host: hostname,
    port: Number(port || (protocol === "smtps:" ? 465 : 587)),
    secure: protocol === "smtps:",
    ...(username === "" ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    ...limits,
  });
}
