import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startSmtpServer } from "../testing/smtp-server.ts";
import { createMailer } from "./send-mail.ts";

const MAIL = { to: "team@company.example", subject: "Job 7 (März) ended", text: "27 of 1,200\n", id: "whd_7" };

describe("mails", () => {
  it("go through the operator's server, with an id that stays the same", async (t) => {
    const server = await startSmtpServer(t);
    const mailer = createMailer({ smtpUrl: server.url, from: "storewalk@company.example" });
    t.after(() => mailer.close());
    assert.partialDeepStrictEqual(await mailer.send(MAIL), { kind: "answered", status: 250 });
    const [mail] = server.mails;
    assert.match(mail?.from ?? "", /<storewalk@company\.example>/);
    assert.deepEqual(mail?.to, ["<team@company.example>"]);
    assert.match(mail?.text ?? "", /Message-ID: <whd_7@storewalk>/);
    assert.match(mail?.text ?? "", /27 of 1,200/);
  });

  it("come back with the server's own words", async (t) => {
    const server = await startSmtpServer(t, { refuses: true });
    const mailer = createMailer({ smtpUrl: server.url, from: "storewalk@company.example" });
    t.after(() => mailer.close());
    const reply = await mailer.send(MAIL);
    assert.equal(reply.kind, "failed");
    assert.match(reply.kind === "failed" ? reply.error : "", /nobody of that name/);
  });

  it("say that nobody answers", async () => {
    const mailer = createMailer({ smtpUrl: "smtp://127.0.0.1:9", from: "storewalk@company.example" });
    assert.equal((await mailer.send(MAIL)).kind, "failed");
    await mailer.close();
  });
});
