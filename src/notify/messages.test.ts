import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addressFault } from "../domain/webhook-format.ts";
import { chatBody, mailText, messageOf } from "./messages.ts";

const ended = (type: string, job: object = {}) =>
  JSON.stringify({
    type,
    timestamp: "2026-11-24T11:16:57.670Z",
    data: {
      job_id: 7,
      external_id: null,
      counts: { visits: 100, images: 1_200, done: 1_200, succeeded: 1_173, failed: 27 },
      failures_by_code: { timeout: 2, not_found: 25 },
      ...job,
    },
  });

describe("what people are told", () => {
  it("is how a job ended, with its causes and where to look", () => {
    assert.deepEqual(messageOf(ended("job.failed", { external_id: "monday" }), "https://storewalk.example/"), {
      title: "Job 7 (monday) ended with 2.3% of its images failed (27)",
      lines: ["1,200 of 1,200 images in 100 visits have a result.", "Causes: 25 × not_found, 2 × timeout"],
      link: "https://storewalk.example/jobs/7",
    });
    assert.equal(messageOf(ended("job.completed"), null).title, "Job 7 is completed");
    assert.equal(messageOf(ended("job.cancelled"), null).title, "Job 7 was cancelled");
    assert.match(messageOf(JSON.stringify({ type: "ping", data: {} }), null).title, /try this channel/);
  });

  it("is a message of Slack in which a job's name is text, no mention and no link", () => {
    const message = messageOf(ended("job.completed", { external_id: "<!channel> & *x*" }), "https://s.example");
    const { text, blocks } = JSON.parse(chatBody("slack", message));
    assert.equal(text, "Job 7 (&lt;!channel&gt; &amp;  x ) is completed");
    assert.equal(blocks[0].text.text, `*${text}*`);
    assert.equal(blocks[2].text.text, "<https://s.example/jobs/7|Open it in Storewalk>");
  });

  it("is a card of Microsoft Teams in which a job's name is text", () => {
    const message = messageOf(ended("job.completed", { external_id: "[a](http://b)" }), "https://s.example");
    const { type, attachments } = JSON.parse(chatBody("teams", message));
    const [{ contentType, content }] = attachments;
    assert.deepEqual([type, contentType], ["message", "application/vnd.microsoft.card.adaptive"]);
    assert.equal(content.body[0].text, "Job 7 \\(\\[a\\]\\(http://b\\)\\) is completed");
    assert.deepEqual(content.actions, [
      { type: "Action.OpenUrl", title: "Open it in Storewalk", url: "https://s.example/jobs/7" },
    ]);
  });

  it("is a mail of plain text", () => {
    assert.equal(
      mailText(messageOf(ended("job.cancelled"), null)),
      "Job 7 was cancelled\n\n1,200 of 1,200 images in 100 visits have a result.\nCauses: 25 × not_found, 2 × timeout\n",
    );
  });
});

describe("what people are told of a job that was deleted before they were", () => {
  const deleted = (type: string) => messageOf(JSON.stringify({ type, data: { job_id: 7 } }), "https://s.example");

  it("is that it ended, with no figures and nowhere to look", () => {
    for (const type of ["job.completed", "job.failed", "job.cancelled"]) {
      assert.deepEqual(deleted(type), { title: "Job 7 ended and was deleted", lines: [], link: null });
    }
  });

  it("is one sentence in every format", () => {
    const { text, blocks } = JSON.parse(chatBody("slack", deleted("job.failed")));
    assert.equal(text, "Job 7 ended and was deleted");
    assert.deepEqual(blocks, [{ type: "section", text: { type: "mrkdwn", text: `*${text}*` } }]);
    const [{ content }] = JSON.parse(chatBody("teams", deleted("job.failed"))).attachments;
    assert.deepEqual([content.body.length, content.body[0].text, content.actions], [1, text, undefined]);
    assert.equal(mailText(deleted("job.failed")), `${text}\n`);
  });
});

describe("the address of an endpoint", () => {
  it("suits its format", () => {
    assert.equal(addressFault("slack", "https://hooks.slack.example/services/1"), null);
    assert.equal(addressFault("email", "mailto:team@company.example"), null);
    assert.match(addressFault("json", "mailto:team@company.example") ?? "", /http or https/);
    for (const url of [
      "mailto:a@b.example,c@d.example",
      "mailto:a@b.example?bcc=c@d.example",
      "mailto:a@b.example\r\nBcc: x",
      "https://a.example",
    ])
      assert.match(addressFault("email", url) ?? "", /one mail address/, url);
  });
});
