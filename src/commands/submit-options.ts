/** What `storewalk submit` may be told, and what of it is the job's. */
import type { DateOrder } from "../domain/visit-time.ts";
import type { UnreadTimes } from "../intake/visit-times.ts";
import type { SubmitFormat } from "./choices.ts";
import { given } from "./jobs.ts";

export type SubmitOptions = {
  readonly watch: boolean;
  readonly format?: SubmitFormat;
  /** A folder. */
  readonly photos?: string;
  /** A bucket, in the place of a file, and which parts of its keys are what. */
  readonly from?: string;
  readonly visits?: string;
  readonly dryRun: boolean;
  readonly externalId?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly priority?: number;
  readonly unknownStores?: "fail" | "reject";
  readonly integrity?: "header" | "complete" | "decode";
  readonly inspect?: "off" | "quick" | "full";
  readonly callbackUrl?: string;
  readonly columns?: string;
  readonly dates?: DateOrder;
  readonly unreadTimes?: UnreadTimes;
};

export function jobOptions(options: SubmitOptions) {
  const { externalId, metadata, priority, unknownStores, integrity, inspect, callbackUrl } = options;
  return given({
    columns: options.columns,
    dates: options.dates,
    unread_times: options.unreadTimes,
    external_id: externalId,
    metadata,
    priority,
    unknown_stores: unknownStores,
    integrity,
    inspect,
    callback_url: callbackUrl,
  });
}
