/** The ledger's port for inspected photos: what they look like, and which were used again. What it promises, `contract/` proves. */
import type { ReuseKind } from "../../domain/findings.ts";
import type { Weight } from "../../domain/truth-rules.ts";
import type { Entry, Probes } from "../../truth/fingerprint.ts";
import type { Guess } from "../../truth/match.ts";
import type { Sketch } from "../../truth/sketch.ts";
import type { WallTime } from "../../truth/wall-time.ts";
import type { LayOver } from "./review-ledger.ts";

/** What is kept of one photo. `digest` is the whole file's SHA-256 in hex, null where only its beginning was seen. */
export type Print = {
  readonly image: number;
  readonly digest: string | null;
  readonly sketch: Sketch | null;
  readonly entries: readonly Entry[];
  readonly restsOn: "picture" | "thumbnail" | null;
  readonly taken: WallTime | null;
};

/** One photo of a job, and what it is looked for by. */
export type AskedPhoto = { readonly image: number; readonly digest: string | null; readonly probes: Probes };

/** Another photo of the same tenant that may show the same. */
export type AlikePhoto = {
  readonly jobId: number;
  readonly image: number;
  readonly visit: number;
  readonly storeId: string;
  readonly visitTime: string;
  readonly taken: WallTime | null;
  /** Whether its print was kept before that of the photo asked about. */
  readonly isEarlier: boolean;
  readonly hasSameBytes: boolean;
  readonly sketch: Sketch | null;
  readonly restsOn: Print["restsOn"];
  /** Which windows look alike, the best few. */
  readonly guesses: readonly Guess[];
};

export type ReusedPhoto = {
  readonly jobId: number;
  readonly image: number;
  readonly earlier: { readonly jobId: number; readonly image: number };
  readonly kind: ReuseKind;
  readonly score: number;
  readonly weight: Weight;
  readonly why: string;
  /** The likeness that was asked for. */
  readonly threshold: number;
  readonly layOver: LayOver | null;
};

export type InspectionLedger = {
  /**
   * Keeps prints of a job's images. An image that has one keeps it: one that runs again is no second photo. Of two photos kept at the
   * same time, by whomever, at least one that is asked about afterwards with `findAlike` sees the other.
   */
  keepPrints(jobId: number, prints: readonly Print[]): Promise<void>;
  /**
   * For each of a job's photos, in their order, those that may show what it shows, the likeliest first, at most 8 by bytes and 8 by look; never
   * itself, never another tenant's.
   */
  findAlike(jobId: number, photos: readonly AskedPhoto[]): Promise<readonly (readonly AlikePhoto[])[]>;
  /** The same for a photo of which no print is kept: whatever is found is earlier. */
  findAlikeTo(tenant: string, digest: string | null, probes: Probes): Promise<readonly AlikePhoto[]>;
  /** Records that photos were used again and flags them; what is recorded already stays as it is. */
  addReuses(reuses: readonly ReusedPhoto[]): Promise<void>;
};
