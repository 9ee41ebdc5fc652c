/** Sweeps the upload folder now and then. */
import type { Clock } from "../process/clock.ts";
import { type Loop, startLoop } from "../process/loop.ts";
import type { Uploads } from "./uploads.ts";

const LOOK_AGAIN_MS = 600_000;
/** Longer than a request may take: until then a submission may still begin to use what it brought. */
const IDLE_MS = 3_600_000;

export function startUploadSweeper(deps: {
  readonly uploads: Pick<Uploads, "sweep">;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}): Loop {
  return startLoop({ ...deps, pauseMs: LOOK_AGAIN_MS, round: () => deps.uploads.sweep(IDLE_MS) });
}
