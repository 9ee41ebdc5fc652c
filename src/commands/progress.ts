/** Shows a job's progress: a bar on a terminal, a plain line every few seconds elsewhere. Writes to standard error only. */
import { Presets, SingleBar } from "cli-progress";
import type { Job } from "../../sdk/src/client.ts";
import { say } from "./talk.ts";

const PLAIN_LINE_MS = 5_000;

export type Progress = { show(status: Job): void; end(): void };

export function createProgress(deps: { readonly terminal: boolean; readonly now: () => number }): Progress {
  return deps.terminal ? barProgress() : plainProgress(deps.now);
}

function barProgress(): Progress {
  const bar = new SingleBar(
    {
      format: "  {bar} {percentage}%  {value}/{total} images  {failed} failed  {rate}/s  {eta_text}",
      stream: process.stderr,
      hideCursor: true,
      barsize: 28,
      gracefulExit: false,
      emptyOnZero: true,
    },
    Presets.shades_classic,
  );
  let started = false;
  return {
    show(status) {
      const { images, done, failed } = status.counts;
      const shown = { failed, rate: status.images_per_second, eta_text: etaText(status.eta_seconds) };
      if (started) bar.update(done, shown);
      else bar.start(images, done, shown);
      started = true;
    },
    end() {
      if (started) bar.stop();
      started = false;
    },
  };
}

function plainProgress(now: () => number): Progress {
  let last = Number.NEGATIVE_INFINITY;
  return {
    show(status) {
      if (now() - last < PLAIN_LINE_MS) return;
      last = now();
      say(progressLine(status));
    },
    end() {},
  };
}

/** `1200/5000 images, 3 failed, 410.5/s, about 9 s left` */
export function progressLine(status: Job): string {
  const { images, done, failed } = status.counts;
  const left = etaText(status.eta_seconds);
  return `${done}/${images} images, ${failed} failed, ${status.images_per_second}/s${left ? `, ${left}` : ""}`;
}

function etaText(seconds: number | null): string {
  if (seconds === null) return "";
  if (seconds < 90) return `about ${Math.ceil(seconds)} s left`;
  if (seconds < 5_400) return `about ${Math.round(seconds / 60)} min left`;
  return `about ${Math.round(seconds / 360) / 10} h left`;
}
