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

describe("what people are told by an alert", () => {
  const cause = (detail: string, more: object = {}) => ({
    detail,
    since: "2026-11-24T01:00:00.000Z",
    ended_at: null,
    ...more,
  });
  const told = (type: string, data: object) =>
    messageOf(
      JSON.stringify({ type, data: { name: "Hosts", kind: "host_trouble", threshold: 5, ...data } }),
      "https://s.example/",
    );

  it("is the one cause, where to look, and which alert it was", () => {
    const one = {
      headline: "Host a is in trouble",
      place: "/hosts",
      count: 1,
      causes: [cause("Host a is in trouble")],
    };
    assert.deepEqual(told("alert.firing", one), {
      title: "Host a is in trouble",
      lines: ["Alert: Hosts"],
      link: "https://s.example/hosts",
    });
    assert.equal(told("alert.over", one).title, "Over: Host a is in trouble");
  });

  it("is a list of several causes, cut where it is long, with those that are over", () => {
    const causes = Array.from({ length: 12 }, (_, no) => cause(`Host ${no} is in trouble`));
    const ended = cause("Host x is in trouble", { ended_at: "2026-11-24T02:00:00.000Z" });
    const { title, lines } = told("alert.firing", {
      headline: "13 hosts are in trouble",
      place: "/hosts",
      count: 13,
      causes: [ended, ...causes],
    });
    assert.deepEqual([title, lines.length, lines.at(-2)], ["13 hosts are in trouble", 12, "… and 3 more"]);
    assert.match(lines[0] ?? "", /^Host x is in trouble – from 2026-11-24T01:00:00.000Z to 2026-11-24T02/);
  });

  it("is, to try it, what it tells", () => {
    const { title, lines } = told("alert.test", {});
    assert.equal(title, "Storewalk: a message to try the alert Hosts");
    assert.deepEqual(lines, ["It tells when a host that images wait for is in trouble for 5 minutes."]);
  });
});
