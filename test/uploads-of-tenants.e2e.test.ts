/** Photos of one tenant in the hands of another who knows their address, over the whole program: nothing is there, and nothing says that there is. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { SubmitReply } from "../src/http/schemas.ts";
import { aPng } from "../src/testing/image-bytes.ts";
import { aDataDir, runCommand, startService } from "./storewalk-process.ts";

const Images = Type.Object({ data: Type.Array(Type.Object({ image_url: Type.String() })) });
const Status = Type.Object({ status: Type.String() });
const Result = Type.Record(Type.String(), Type.Unknown());

async function setup(t: TestContext) {
  const dataDir = aDataDir(t);
  const settings = { STOREWALK_PORT: "0", STOREWALK_DATA_DIR: dataDir, STOREWALK_GPU_LATENCY_MS: "0" };
  await runCommand(["stores", "import", "-"], { settings, stdin: "store_id,store_name,area_code\nS1,Shop,A1\n" });
  const keys = new Map<string, string>();
  for (const tenant of ["north", "south"]) {
    const scopes = ["jobs:read", "jobs:write", "hosts:manage"].flatMap((scope) => ["--scope", scope]);
    const made = await runCommand(["keys", "create", "--tenant", tenant, ...scopes], { settings });
    assert.equal(made.code, 0, made.stderr);
    keys.set(tenant, made.stdout.trim());
  }
  const service = startService(t, settings);
  const address = await service.ready;
  assert.ok(address);

  return (tenant: string) => {
    const ask = (path: string, init: RequestInit = {}) =>
      fetch(address + path, { ...init, headers: { ...init.headers, authorization: `Bearer ${keys.get(tenant)}` } });
    const readText = async (path: string): Promise<string> => {
      const answer = await ask(path);
      const text = await answer.text();
      assert.equal(answer.status, 200, text);
      return text;
    };
    const read = async (path: string): Promise<unknown> => JSON.parse(await readText(path));
    const submit = async (body: RequestInit): Promise<number> => {
      const answer = await ask("/api/submit", { method: "POST", ...body });
      assert.equal(answer.status, 201, await answer.clone().text());
      return Value.Parse(SubmitReply, await answer.json()).job_id;
    };
    return {
      ask,
      /** Resolves when the job is over. */
      async run(body: RequestInit): Promise<number> {
        const jobId = await submit(body);
        const status = async () => Value.Parse(Status, await read(`/api/status?jobid=${jobId}`)).status;
        while ((await status()) === "ongoing") await sleep(20);
        return jobId;
      },
      urls: async (jobId: number) =>
        Value.Parse(Images, await read(`/api/v1/jobs/${jobId}/images`)).data.map(({ image_url }) => image_url),
      results: async (jobId: number) =>
        (await readText(`/api/v1/jobs/${jobId}/results`))
          .trim()
          .split("\n")
          .map((line) => Value.Parse(Result, JSON.parse(line))),
    };
  };
}

const jobOf = (urls: readonly string[]) =>
  JSON.stringify({ count: 1, visits: [{ store_id: "S1", image_url: urls, visit_time: "2026-01-05" }] });

function withPhoto(): RequestInit {
  const form = new FormData();
  form.append("job", jobOf(["file:1.png"]));
  form.append("photos", new Blob([aPng({ width: 30, height: 20 })]), "1.png");
  return { body: form };
}

const inJson = (body: string): RequestInit => ({ body, headers: { "content-type": "application/json" } });

/** What a person sees of a result, without what is the photo's own name. */
const seen = ({ image: _no, image_url: _url, finished_at: _at, fetch_ms: _ms, ...rest }: Record<string, unknown>) =>
  rest;

describe("an uploaded photo of another tenant", () => {
  it("is not there: not as an image of a job, not as a URL to try, and not as its content", async (t) => {
    const as = await setup(t);
    const [north, south] = [as("north"), as("south")];
    const first = await north.run(withPhoto());
    const [url = ""] = await north.urls(first);
    assert.match(url, /^upload:[0-9a-f]{64}-[0-9a-f]{16}\/1\.png$/);
    const again = await north.run(inJson(jobOf([url])));
    assert.equal((await north.results(again))[0]?.outcome, "measured");
    assert.equal((await north.ask(`/api/v1/jobs/${again}/images/0/thumbnail`)).status, 200);

    const unknown = url.replace(/-[0-9a-f]{16}/, `-${"0".repeat(16)}`);
    const stolen = await south.run(inJson(jobOf([url, unknown])));
    const [known, never] = await south.results(stolen);
    assert.ok(known && never);
    assert.deepEqual([known.outcome, known.code], ["failed", "not_found"]);
    assert.deepEqual(seen(known), seen(never));
    for (const image of [0, 1]) {
      assert.notEqual((await south.ask(`/api/v1/jobs/${stolen}/images/${image}/thumbnail`)).status, 200);
    }

    const tried = await Promise.all(
      [url, unknown].map(async (text) => {
        const answer = await south.ask("/api/v1/hosts/access/test", {
          method: "POST",
          ...inJson(JSON.stringify({ url: text })),
        });
        return [answer.status, await answer.text()];
      }),
    );
    assert.equal(tried[0]?.[0], 200);
    assert.match(String(tried[0]?.[1]), /"outcome":"failed"/);
    assert.deepEqual(tried[0], tried[1]);

    // The same content sent by another gets an address of its own: what came before cannot be told by it.
    const own = await south.run(withPhoto());
    const [ownUrl = ""] = await south.urls(own);
    assert.equal((await south.results(own))[0]?.outcome, "measured");
    assert.equal(ownUrl.slice(0, 71), url.slice(0, 71));
    assert.notEqual(ownUrl, url);
  });
});
