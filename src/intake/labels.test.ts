import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Labels } from "../domain/labels.ts";
import { DEFAULT_TENANT } from "../domain/scopes.ts";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import type { SubmissionFormat } from "./submission.ts";
import { createIntake } from "./submit-job.ts";

const ANY = { outcome: null, code: null, storeId: null, visit: null } as const;

function setup() {
  const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: Date.now });
  const intake = createIntake({ ledger, defaults: { unknownStores: "fail", integrity: "complete" } });
  async function submit(format: SubmissionFormat, text: string, options: Readonly<Record<string, unknown>> = {}) {
    async function* bytes() {
      yield Buffer.from(text);
    }
    return await intake.submit({ tenant: DEFAULT_TENANT, format, bytes: bytes(), options });
  }
  /** Labels of each image and of its visit, as they were kept. */
  async function kept(format: SubmissionFormat, text: string): Promise<readonly (readonly [Labels, Labels])[]> {
    const submission = await submit(format, text);
    assert.equal(submission.kind, "accepted", JSON.stringify(submission));
    const { rows } = await ledger.readImages(submission.jobId, ANY, { after: -1, limit: 100 });
    return rows.map(({ imageLabels, visitLabels }) => [imageLabels, visitLabels]);
  }
  return { ledger, submit, kept };
}

const labels = (externalId: string | null, metadata: Labels["metadata"] = {}): Labels => ({ externalId, metadata });

describe("labels of a submission", () => {
  it("come from CSV columns, metadata from a column for each key or from one with JSON", async () => {
    const { kept } = setup();
    const csv = [
      "store_id,image_url,visit_time,External_Id,metadata.Side,metadata,visit_external_id,visit_metadata.by",
      'S1,http://x/1,t,p1,left,"{""shelf"": ""3""}",v1,Ann',
      "S1,http://x/2,t,,,,v1,Ann",
      "S1,http://x/3,t,,,,v2,Ann",
    ].join("\n");
    assert.deepEqual(await kept("csv", csv), [
      [labels("p1", { shelf: "3", Side: "left" }), labels("v1", { by: "Ann" })],
      [labels(null), labels("v1", { by: "Ann" })],
      [labels(null), labels("v2", { by: "Ann" })],
    ]);
  });

  it("come from members of a line, and of an image's own object", async () => {
    const { kept } = setup();
    const image = { url: "http://x/1", external_id: "p1", metadata: { __proto__: "x", empty: "" } };
    const line = {
      store_id: "S1",
      visit_time: "t",
      image_url: [image, "http://x/2"],
      external_id: "v1",
      metadata: null,
    };
    assert.deepEqual(await kept("ndjson", JSON.stringify(line)), [
      [labels("p1", { empty: "" }), labels("v1")],
      [labels(null), labels("v1")],
    ]);
  });

  it("are refused by line where a cell is no JSON or too long", async () => {
    const { submit } = setup();
    const csv = [
      "store_id,image_url,visit_time,external_id,metadata,visit_metadata",
      `S1,http://x/1,t,${"x".repeat(129)},left,[1]`,
    ];
    const submission = await submit("csv", csv.join("\n"));
    assert.deepEqual(submission.kind === "refused" && submission.problems, [
      { pointer: "line 2, external_id", code: "too_long", detail: "must have at most 128 characters, got 129" },
      { pointer: "line 2, metadata", code: "malformed", detail: 'must be an object of texts, got "left"' },
      { pointer: "line 2, visit_metadata", code: "malformed", detail: "must be an object of texts, got [1]" },
    ]);
  });

  it("are refused where their text is nested deeper than can be shown", async () => {
    const { submit } = setup();
    const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    const csv = `store_id,image_url,visit_time,metadata\nS1,http://x/1,t,"${deep}"\n`;
    const ofImage = await submit("csv", csv);
    assert.deepEqual(ofImage.kind === "refused" && ofImage.problems.map(({ pointer }) => pointer), [
      "line 2, metadata",
    ]);
    const ofJob = await submit("csv", "store_id,image_url,visit_time\nS1,http://x/1,t\n", { metadata: deep });
    assert.deepEqual(ofJob.kind === "refused" && ofJob.problems.map(({ pointer }) => pointer), ["/metadata"]);
  });

  it("of the job come as text beside a file that has no place for them", async () => {
    const { submit, ledger } = setup();
    const options = { external_id: "week-7", metadata: '{"by":"Ann"}' };
    const submission = await submit("csv", "store_id,image_url,visit_time\nS1,http://x/1,t\n", options);
    assert.equal(submission.kind, "accepted", JSON.stringify(submission));
    assert.deepEqual((await ledger.readJob(submission.jobId))?.labels, labels("week-7", { by: "Ann" }));
  });

  it("of the job are refused where their text is no object", async () => {
    const { submit } = setup();
    for (const metadata of ["by=Ann", "[1]", '{"by":1}']) {
      const submission = await submit("csv", "store_id,image_url,visit_time\nS1,http://x/1,t\n", { metadata });
      assert.deepEqual(submission.kind === "refused" && submission.problems.map(({ pointer }) => pointer), [
        "/metadata",
      ]);
    }
  });

  it("are no columns to be named twice", async () => {
    const { submit } = setup();
    const submission = await submit(
      "csv",
      "store_id,image_url,visit_time,metadata.a,metadata.a\nS1,http://x/1,t,1,2\n",
    );
    assert.match(JSON.stringify(submission), /more than once: metadata\.a/);
  });
});
