/**
 * `npm run bench:bucket -- [--keys N …]`: the program as `npm run serve` starts it lists a prefix of so many keys into a job, 1,000 a page, of a bucket on
 * loopback; beside it another one that is sent the same images as NDJSON. Time and the most memory of each. Prints, judges nothing.
 */
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { request } from "undici";
import { linesOf, PREFIX } from "./bucket-keys.ts";
import { startProgram } from "./measured-program.ts";
import { startHost, timed } from "./parts.ts";

const CHECKOUT = fileURLToPath(new URL("..", import.meta.url));
const PATTERN = "{store}/{time}/{name}.jpg";
const { values } = parseArgs({ options: { keys: { type: "string", multiple: true, default: ["10000", "100000"] } } });
const shownMb = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;
// A busy machine is no reason here to refuse what is asked.
process.env.STOREWALK_MAX_LAG_MS = "0";

async function post(url: string, body: string | Readable, type = "application/json"): Promise<void> {
  const { statusCode, body: answer } = await request(url, {
    method: "POST",
    headersTimeout: 600_000,
    headers: { "content-type": type },
    body,
  });
  const text = await answer.text();
  if (statusCode !== 201) throw new Error(`${url} answered ${statusCode}: ${text}`);
}

async function measured(what: string, keys: number, host: string, work: (address: string) => Promise<void>) {
  const program = await startProgram({ checkout: CHECKOUT, allowHost: new URL(host).host, withHeaps: false });
  const s3 = { access_key_id: "key", secret_access_key: "secret", endpoint: host, over_http: true };
  await post(`${program.address}/api/v1/hosts/access`, JSON.stringify({ pattern: "s3://photos", s3 }));
  const { rss: before } = program.memory();
  const ms = await timed(() => work(program.address));
  const { peak } = program.memory();
  console.log(
    `${keys} keys, ${what}: ${(ms / 1_000).toFixed(1)} s, ${((1_000 * ms) / keys).toFixed(0)} µs a key; ${shownMb(before)} before, ${shownMb(peak)} at most`,
  );
  await program.stop();
}

for (const keys of values.keys.map(Number)) {
  process.env.BUCKET_KEYS = String(keys);
  const host = await startHost("./bucket-host.ts");
  const source = JSON.stringify({ from: `s3://photos/${PREFIX}`, visits: PATTERN });
  await measured("listed", keys, host.address, (address) => post(`${address}/api/v1/jobs/from-bucket`, source));
  await measured("sent", keys, host.address, (address) =>
    post(`${address}/api/submit`, Readable.from(linesOf(keys)), "application/x-ndjson"),
  );
  host.stop();
}
