/** How far a job is: a bar that keeps to the terminal's width for a person who looks, a line now and then for a log. */
import type { Job } from "../../sdk/src/client.ts";
import { say } from "./talk.ts";

const PLAIN_LINE_MS = 5_000;
/** Of a terminal that does not say how wide it is. */
const USUAL_COLUMNS = 80;
const WIDEST_BAR = 40;
const NARROWEST_BAR = 4;

export type Progress = { show(status: Job): void; end(): void };

type Terminal = {
  readonly columns: number;
  write(text: string): unknown;
  on(event: "resize", draw: () => void): unknown;
  off(event: "resize", draw: () => void): unknown;
};

export function createProgress(deps: { readonly terminal: Terminal | null; readonly now: () => number }): Progress {
  return deps.terminal === null ? plainProgress(deps.now) : barProgress(deps.terminal);
}

function barProgress(terminal: Terminal): Progress {
  let shown: Job | null = null;
  const draw = () => {
    if (shown) terminal.write(`\r${barLine(shown, terminal.columns || USUAL_COLUMNS)}\x1b[K`);
  };
  return {
    show(status) {
      if (!shown) {
        terminal.write("\x1b[?25l");
        terminal.on("resize", draw);
      }
      shown = status;
      draw();
    },
    end() {
      if (!shown) return;
      shown = null;
      terminal.off("resize", draw);
      terminal.write("\n\x1b[?25h");
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

/** One column is left free, where the cursor stands. What matters most stays longest where there is little room: counts, failures, share, bar. */
export function barLine({ counts, images_per_second: rate, eta_seconds: eta }: Job, columns: number): string {
  const { images, done, failed } = counts;
  const share = images === 0 ? 0 : done / images;
  const left = etaText(eta);
  const facts = [`${done}/${images} images`, `${failed} failed`, `${Math.floor(100 * share)}%`, `${rate}/s`, left];
  const room = columns - 1;
  let line = "";
  for (const fact of facts.filter((one) => one !== "")) {
    const longer = line === "" ? fact : `${line}  ${fact}`;
    if (longer.length > room) break;
    line = longer;
  }
  const width = Math.min(WIDEST_BAR, room - line.length - 2);
  if (width < NARROWEST_BAR) return line;
  const filled = Math.round(share * width);
  return `${"█".repeat(filled)}${"░".repeat(width - filled)}  ${line}`;
}

function etaText(seconds: number | null): string {
  if (seconds === null) return "";
  if (seconds < 90) return `about ${Math.ceil(seconds)} s left`;
  if (seconds < 5_400) return `about ${Math.round(seconds / 60)} min left`;
  return `about ${Math.round(seconds / 360) / 10} h left`;
}
