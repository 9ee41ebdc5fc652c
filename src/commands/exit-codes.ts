/** What the exit code of a command means. From 64 on the numbers are those of BSD's sysexits.h. */
import type { Refusal } from "./spoken.ts";

export const EXIT = {
  ok: 0,
  /** The job is over and some images failed. */
  imagesFailed: 1,
  cancelled: 2,
  usage: 64,
  /** The submission or file was refused for what it says. */
  badData: 65,
  /** A file that was named cannot be read. */
  noInput: 66,
  /** The service does not answer. */
  serviceAway: 69,
  internal: 70,
  /** The key is missing, or may not do this. */
  notAllowed: 77,
  /** Standard output, or the file that was asked for, cannot be written. */
  outputLost: 74,
  /** The settings cannot be used, or the set-up is not in order. */
  badConfig: 78,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a message for people and an exit code, without a stack trace. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: ExitCode;
  /** What the service refused, still in its own words. */
  readonly refusal: Refusal | null;
  /** What to do about it, behind what is wrong. */
  readonly advice: string;

  constructor(
    exitCode: ExitCode,
    message: string,
    more: { readonly cause?: unknown; readonly refusal?: Refusal; readonly advice?: string } = {},
  ) {
    super(message, { cause: more.cause });
    this.exitCode = exitCode;
    this.refusal = more.refusal ?? null;
    this.advice = more.advice ?? "";
  }
}
