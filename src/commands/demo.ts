/**
 * `storewalk demo`: everything a newcomer needs in one go. The service, a photo host of its own on loopback, the example store
 * master and one sample job watched to its end. Killed and started again, it goes on with the job that it left; what is there is not sent again.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type App, startApp } from "../app/app.ts";
import { drawDemoPhoto, PHOTO_NAMES, PHOTOS } from "../demo/draw-photo.ts";
import { openPhotoAlbum, type PhotoAlbum } from "../demo/photo-album.ts";
import { type PhotoHost, startPhotoHost } from "../demo/photo-host.ts";
import { sampleJob } from "../demo/sample-job.ts";
import { TRUTH_STORES, truthSample } from "../demo/truth-sample.ts";
import { ANY_JOB } from "../ledger/port/job-reader.ts";
import { makeFolder } from "../ledger/sqlite/folder-lock.ts";
import { createLog } from "../process/log.ts";
import { type Config, ConfigError, flagOf, SETTINGS } from "../settings/config.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { prepareStores, untilSignal } from "./serve.ts";
import { createServiceClient, type ServiceClient } from "./service-client.ts";
import { say } from "./talk.ts";
import { followJob } from "./watch-job.ts";
import { sayWhoIsAnswered } from "./who-is-answered.ts";

const LAST_PORT = 65_535;
/** The sample job's `external_id`, by which a later start knows it. */
const SAMPLE = "sample";
const SAMPLES = { ...ANY_JOB, tenant: null, externalId: SAMPLE } as const;
const EXAMPLE_STORES = fileURLToPath(new URL("../../examples/store_master.csv", import.meta.url));

export async function demo(given: Config): Promise<ExitCode> {
  const portFlag = flagOf(SETTINGS.port.name);
  if (given.port === LAST_PORT) {
    const wanted = `${portFlag} must be at most ${LAST_PORT - 1} for the demo`;
    throw new ConfigError([`${wanted}, whose photos take the port after it, got ${given.port}`]);
  }
  // URLs of a job that was left over must lead to the same host, so its port is fixed beside the service's.
  const photoPort = given.port === 0 ? 0 : given.port + 1;
  makeFolder(given.dataDir);
  const album = openPhotoAlbum(join(given.dataDir, "demo-photos"), PHOTO_NAMES, drawDemoPhoto);
  const host = await startPhotoHost(album, photoPort).catch((cause: unknown) => {
    if (!(cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE")) throw cause;
    throw new CommandError(
      EXIT.badConfig,
      `the demo's photo host needs port ${photoPort}, which is taken; choose another pair with ${portFlag}`,
      { cause },
    );
  });
  try {
    await serveWith(host, album, given);
    return EXIT.ok;
  } finally {
    await host.close();
  }
}

async function serveWith(host: PhotoHost, album: PhotoAlbum, given: Config): Promise<void> {
  const config: Config = {
    ...given,
    storeMaster: given.storeMaster || EXAMPLE_STORES,
    allowHosts: [...given.allowHosts, new URL(host.address).host],
  };
  const log = createLog(given.logLevel === "info" ? "warn" : given.logLevel);
  const app = await startApp(config, log, { prepare: (ledger) => prepareStores(ledger, config, log) });
  const stopped = untilSignal();
  try {
    say(`storewalk is ready at ${app.address}, photos at ${host.address}, data in ${config.dataDir}`);
    const hasKeys = await app.ledger.hasKeys();
    sayWhoIsAnswered(config, hasKeys);
    if (hasKeys && config.auth !== "off" && config.apiKey === null) {
      say("Keys are asked for here: the sample job needs one in STOREWALK_API_KEY.");
      await stopped;
    } else {
      if (!(await album.isComplete())) say(`Drawing ${PHOTO_NAMES.length} photos, this once …`);
      const isDrawn = await Promise.race([album.complete().then(() => true), stopped]);
      if (isDrawn) await showSampleJob(app, host, config.apiKey, stopped);
    }
    say("Stopping …");
  } finally {
    await app.stop();
  }
}

/** Follows the job that was left, or the sample job on the first start, to its end, and returns when a signal comes. */
async function showSampleJob(app: App, host: PhotoHost, apiKey: string | null, stopped: Promise<void>): Promise<void> {
  const client = createServiceClient({ url: app.address, apiKey });
  const jobId = await jobToFollow(app, client, host);
  if (jobId === null || (await followJob(client, jobId))) {
    await submitTruthSample(app, client, host);
    say(nextSteps(app.address, host.address));
  }
  await stopped;
}

/** Null when the sample job has ended on an earlier start. */
async function jobToFollow(app: App, client: ServiceClient, host: PhotoHost): Promise<number | null> {
  const [leftOver] = await app.ledger.readUnfinished();
  if (leftOver !== undefined) {
    say(`Job ${leftOver} was left unfinished and goes on.`);
    return leftOver;
  }
  const samples = await app.ledger.listJobs(SAMPLES, { before: null, limit: 1 });
  const [sample] = samples.jobs;
  if (sample) {
    say(`Sample job ${sample.jobId} is there from an earlier start.`);
    return null;
  }
  const job = sampleJob(host.address, PHOTOS, Date.now());
  const { jobId } = await client.submit({ ...submissionOf(job), options: { external_id: SAMPLE } });
  say(`Sample job ${jobId} is accepted.`);
  return jobId;
}

/** The small job whose photos are inspected: once, since sent again each of its photos would be one used again. */
async function submitTruthSample(app: App, client: ServiceClient, host: PhotoHost): Promise<void> {
  const places = await app.ledger.readStorePlaces(TRUTH_STORES.map(({ id }) => id));
  if (places.size > 0) return;
  const placed = TRUTH_STORES.map(async ({ id, ...place }) => {
    const store = await app.ledger.readStore(id);
    return store === null ? [] : [{ ...store, ...place }];
  });
  await app.ledger.importStores((await Promise.all(placed)).flat());
  const options = { inspect: "full", external_id: "truth-sample" } as const;
  const { jobId } = await client.submit({ ...submissionOf(truthSample(host.address)), options });
  say(`\nJob ${jobId} shows what inspections find: photos used again, blurred, dark, of another day or place.`);
}

function submissionOf(job: object) {
  return { format: "json", bytes: new Blob([JSON.stringify(job)]) } as const;
}

function nextSteps(service: string, host: string): string {
  const body = JSON.stringify({
    count: 2,
    visits: [
      {
        store_id: "S00339218",
        image_url: [`${host}/photos/1.jpg`, `${host}/photos/2.jpg`],
        visit_time: "2026-01-05T09:00:00Z",
      },
      { store_id: "S01408764", image_url: [`${host}/photos/3.jpg`], visit_time: "2026-01-05T10:30:00Z" },
    ],
  });
  return `
The service stays up. Submit the next job from another terminal:

  curl -X POST ${service}/api/submit -H 'content-type: application/json' \\
    -d '${body}'

It answers the number of the job. Where that job stands, with the number for N:

  curl '${service}/api/status?jobid=N'

Ctrl-C stops it.`;
}
