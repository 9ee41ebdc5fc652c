/** What only a process that answers the API runs: the intake, uploads, thumbnails, live events, and the webhooks that tell what became of a job. */

import { join } from "node:path";
import { createAccessKeeper } from "../access/access-keeper.ts";
import { createReadAccessTable, type ReadAccessTable } from "../access/read-access-table.ts";
import { createTryUrl } from "../access/try-access.ts";
import { type TruthSettings, USUAL_SETTINGS } from "../domain/truth-rules.ts";
import { createAllowance } from "../http/limits/allowance.ts";
import type { Headroom } from "../http/limits/headroom.ts";
import { createImageQuota } from "../http/limits/image-quota.ts";
import { createRateMeter } from "../http/rate-meter.ts";
import type { ApiDeps } from "../http/server.ts";
import { createJobView } from "../http/v1/job-schema.ts";
import { createIntake } from "../intake/submit-job.ts";
import { createLiveEvents } from "../notify/live-events.ts";
import { createMailer } from "../notify/send-mail.ts";
import { startAlertWatch } from "../notify/watch-alerts.ts";
import { startWebhookSender } from "../notify/webhook-sender.ts";
import { createComparer } from "../pipeline/compare-photos.ts";
import { createManifestFetch } from "../pipeline/fetch/get-manifest.ts";
import { createGuard } from "../pipeline/fetch/guard.ts";
import { createUrlJudge } from "../pipeline/fetch/judge-url.ts";
import { createWebhookPost } from "../pipeline/fetch/post-webhook.ts";
import { openSideReader, type SideReader } from "../pipeline/side-reader.ts";
import { systemClock } from "../process/clock.ts";
import type { SourcePlaces } from "../schedules/open-source.ts";
import { startSchedules } from "../schedules/run-schedules.ts";
import { createTrySchedule } from "../schedules/try-schedule.ts";
import { uploadPlaceOf } from "../settings/upload-place.ts";
import { createSimilarPhotos } from "../similar/similar-photos.ts";
import { openThumbnails } from "../thumbnails/open-thumbnails.ts";
import type { Thumbnails } from "../thumbnails/thumbnails.ts";
import { startUploadSweeper } from "../uploads/upload-sweeper.ts";
import { createUploads, type Uploads } from "../uploads/uploads.ts";
import { pipelineSettings } from "./capacity.ts";
import { openBucketLists } from "./list-bucket.ts";
import type { Parts } from "./parts.ts";
import { openUploadStore } from "./upload-store.ts";

const HOUR_MS = 3_600_000;

/** What photos are judged by where a tenant set nothing. */
function truthSettingsOf({ timeToleranceHours, placeToleranceMetres }: Parts["config"]): TruthSettings {
  const own = { time_tolerance_h: timeToleranceHours, place_tolerance_m: placeToleranceMetres };
  return { ...USUAL_SETTINGS, thresholds: { ...USUAL_SETTINGS.thresholds, ...own } };
}

type ForJobs = {
  readonly headroom: Headroom;
  /** Called when there is more to dispatch. */
  readonly onRunnable: () => void;
};

export async function startApiRole(parts: Parts, forJobs: ForJobs): Promise<ApiDeps> {
  const { config, ledger, onError } = parts;
  const callbacks = config.callbackSecret !== null;
  const reader = startSideReader(parts);
  const readAccessTable = createReadAccessTable({ ledger, seal: parts.accessSeal });
  const comparer = createComparer();
  parts.stops.push(() => comparer.stop());
  const lists = openBucketLists(config, readAccessTable);
  parts.stops.push(lists.close);
  const intake = createIntake({
    ledger,
    defaults: {
      unknownStores: config.unknownStores,
      integrity: config.integrity,
      inspect: config.inspect,
      rules: truthSettingsOf(config),
      callbacks,
    },
    judgeUrl: createUrlJudge(config.allowHosts),
  });
  const { onDelivery, judgeWebhook } = startWebhooks(parts);
  const uploads = await startUploads(parts);
  return {
    intake,
    listBucket: lists.listBucket,
    maxBodyBytes: config.maxBodyBytes,
    uploads,
    photoLimits: { files: config.maxUploadFiles, bytes: config.maxImageBytes },
    thumbnails: await startThumbnails(parts, reader, readAccessTable),
    similar: createSimilarPhotos({ ledger, reader, compare: comparer.compare, readAccessTable }),
    access: createAccessKeeper({ ledger, seal: parts.accessSeal, hasSecret: parts.authSecret !== null }),
    tryUrl: createTryUrl({ openRemote: reader.openRemote, readAccessTable, maxPixels: config.maxPixels }),
    usualTruth: truthSettingsOf(config),
    live: createLiveEvents({ ledger, clock: systemClock, onError }),
    onRunnable: forJobs.onRunnable,
    ...startScheduledJobs(parts, { intake, uploads, listBucket: lists.listBucket }, forJobs),
    canMail: config.smtpUrl !== null,
    onAlert: startAlerts(parts, onDelivery),
    onDelivery,
    judgeWebhook,
    publicUrl: config.publicUrl,
  };
}

/** Null where no photos are taken. */
async function startUploads({ config, ledger, onError, stops }: Parts): Promise<Uploads | null> {
  const place = uploadPlaceOf(config);
  if (place === null) return null;
  const opened = openUploadStore(place, {
    incoming: join(config.uploadDir ?? config.dataDir, "incoming-uploads"),
    connectMs: config.connectMs,
  });
  stops.push(opened.close);
  const uploads = createUploads({ store: opened.store, ledger });
  const sweeper = startUploadSweeper({ uploads, clock: systemClock, onError });
  stops.push(() => sweeper.stop());
  return uploads;
}

function startSideReader({ config, stops }: Parts): SideReader {
  const [settings] = pipelineSettings(config);
  if (!settings) throw new Error("a process must have at least one pipeline thread's settings");
  const { guard, fetch, measure, uploads } = settings;
  const reader = openSideReader({ guard, fetch, uploads, maxPixels: measure.maxPixels });
  stops.push(() => reader.close());
  return reader;
}

async function startThumbnails(
  { config, stops }: Parts,
  reader: SideReader,
  readAccessTable: ReadAccessTable,
): Promise<Thumbnails> {
  const { dataDir, thumbnailCacheBytes: cacheBytes } = config;
  const thumbnails = await openThumbnails({ dataDir, cacheBytes, reader, readAccessTable });
  stops.push(() => thumbnails.close());
  return thumbnails;
}

/** Returns what wakes them, and what tries one. */
function startScheduledJobs(
  { config, ledger, log, metrics, onError, stops }: Parts,
  { intake, uploads, listBucket }: Pick<ApiDeps, "intake" | "uploads" | "listBucket">,
  { headroom, onRunnable }: ForJobs,
): Pick<ApiDeps, "onSchedule" | "trySchedule"> {
  const guard = createGuard({ allowHosts: config.allowHosts, connectMs: config.connectMs });
  const { fetchManifest, close } = createManifestFetch(guard, config.maxBodyBytes);
  stops.push(close);
  const { imagesPerHour: quota } = config;
  const allowance =
    quota === 0 ? null : createAllowance({ quota, windowMs: HOUR_MS }, { now: () => performance.now() });
  const places: SourcePlaces = {
    fetchManifest,
    listBucket,
    async readFile(file, signal) {
      if (uploads === null)
        throw new Error("the file is kept where this process cannot reach it: see STOREWALK_UPLOAD_DIR");
      return await uploads.read(file, signal).catch((cause: unknown) => {
        log.warn({ err: cause, file }, "a schedule's file cannot be read");
        throw new Error("the file that was kept for it cannot be read; give the schedule another source", { cause });
      });
    },
  };
  const schedules = startSchedules({
    ledger,
    intake,
    places,
    quotaOf: (tenant) =>
      createImageQuota({
        images: allowance && { allowance, caller: tenant, whose: "tenant" },
        headroom,
        onRefused: (reason) => metrics.refused(reason),
      }),
    clock: systemClock,
    onRun({ scheduleId, jobId, error }) {
      if (jobId === null && error === null) return log.info({ scheduleId }, "a schedule found nothing new");
      if (jobId === null) return log.warn({ scheduleId, reason: error }, "a schedule made no job");
      metrics.jobAccepted();
      log.info({ scheduleId, jobId }, "a schedule made a job");
      onRunnable();
    },
    onError,
  });
  stops.push(() => schedules.stop());
  return {
    onSchedule: schedules.wake,
    trySchedule: createTrySchedule({ ledger, intake, places, now: Date.now }),
  };
}

/** Returns what wakes it. */
function startAlerts({ ledger, onError, stops }: Parts, onDelivery: () => void): () => void {
  const watch = startAlertWatch({ ledger, clock: systemClock, onDelivery, onError });
  stops.push(() => watch.stop());
  return watch.wake;
}

/** Returns what wakes the sender, and what foresees that it will get nowhere. */
function startWebhooks({ config, ledger, onError, stops }: Parts): Pick<ApiDeps, "onDelivery" | "judgeWebhook"> {
  const guard = createGuard({ allowHosts: config.allowHosts, connectMs: config.connectMs });
  const { post, close } = createWebhookPost(guard);
  stops.push(close);
  const mailer = config.smtpUrl === null ? null : createMailer({ smtpUrl: config.smtpUrl, from: config.mailFrom });
  if (mailer) stops.push(mailer.close);
  const sender = startWebhookSender({
    ledger,
    clock: systemClock,
    post,
    jobView: createJobView(createRateMeter({ now: Date.now })),
    callbackSecret: config.callbackSecret,
    sendMail: mailer?.send ?? null,
    publicUrl: config.publicUrl,
    random: Math.random,
    onError,
  });
  stops.push(() => sender.stop());
  return { onDelivery: sender.wake, judgeWebhook: async (url) => (await guard.judge(url))?.message ?? null };
}
