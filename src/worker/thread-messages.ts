/** What a pipeline thread and its parent say to each other. Types only. */
import type { HostAccess } from "../domain/host-access.ts";
import type { HostTrouble } from "../domain/host-trouble.ts";
import type { RunResult } from "./judge.ts";
import type { ThreadRun } from "./worker.ts";

export type ToThread =
  | ({
      readonly kind: "run";
      readonly id: number;
      /** Of the images: what a thread needs of them, as two plain lists, which cross to it for a sixth of what as many objects cost. */
      readonly numbers: readonly number[];
      readonly urls: readonly string[];
    } & Omit<ThreadRun, "images">)
  | { readonly kind: "abort"; readonly id: number }
  /** What the tenant of this lane sends to hosts from now on. */
  | { readonly kind: "access"; readonly lane: string; readonly access: readonly HostAccess[] }
  | { readonly kind: "limit-per-host"; readonly connections: number }
  /** By order of somebody, images of this lane are not asked of this host any more. */
  | { readonly kind: "give-up"; readonly lane: string; readonly host: string; readonly sentence: string }
  /** Ends the thread once its runs are over. */
  | { readonly kind: "stop" };

export type FromThread =
  | { readonly kind: "results"; readonly id: number; readonly results: readonly RunResult[] }
  /** So many of the run's images wait in slow lines: nobody knows for how long. Sent when it changes. */
  | { readonly kind: "parked"; readonly id: number; readonly images: number }
  | { readonly kind: "over"; readonly id: number; readonly aborted: boolean }
  /** Hosts in trouble; every two seconds, and once more when there are none. */
  | { readonly kind: "hosts"; readonly hosts: readonly HostTrouble[] }
  | { readonly kind: "host-given-up"; readonly message: string }
  | { readonly kind: "bug"; readonly message: string };
