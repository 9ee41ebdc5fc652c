/** `storewalk truth …`: flagged photos, decisions about them, and what photos are judged by. */
import { openAsBlob } from "node:fs";
import type { NewTruthSettings, Review, ReviewFilter } from "../../sdk/src/truth.ts";
import type { PhotoFlag, ReuseKind, ReviewState } from "../domain/findings.ts";
import { type ServiceOption, withClient } from "./connection.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { atMost, given } from "./jobs.ts";
import { type Column, type OutputOption, printAnswer, printOne, printRows } from "./output.ts";
import { say } from "./talk.ts";

type Output = ServiceOption & OutputOption;
type Row = Readonly<Record<string, unknown>>;

const REVIEW: readonly Column[] = [
  ["job_id", "job"],
  ["image"],
  ["store_id", "store"],
  ["visit_date", "day"],
  ["agent"],
  ["state"],
  ["what", "flags"],
  ["why"],
];
const SHARE: readonly Column[] = [
  ["store_id", "store"],
  ["store_name", "name"],
  ["area"],
  ["visits"],
  ["flagged_visits", "flagged"],
  ["share"],
];
const SIMILAR: readonly Column[] = [["job_id", "job"], ["image"], ["kind"], ["score"], ["why"], ["image_url", "url"]];

export type ReviewOptions = Output & {
  readonly job?: number;
  readonly flag?: PhotoFlag;
  readonly kind?: ReuseKind;
  readonly state?: ReviewState;
  readonly store?: string;
  readonly area?: string;
  readonly agent?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
};

/** The job's flagged images, and how many there are of each flag. */
export async function showTruth(
  job: number,
  options: Output & { readonly flag?: PhotoFlag; readonly state?: ReviewState; readonly limit: number },
): Promise<ExitCode> {
  await withClient(options, async (client) => {
    const { flagged, counts, inspect } = await client.jobs.get(job);
    const flags = Object.entries(flagged.flags).flatMap(([flag, images]) => (images > 0 ? [`${flag} ${images}`] : []));
    say(
      inspect === "off"
        ? `Job ${job} was submitted without an inspection: nothing is flagged.`
        : `Job ${job}: ${flagged.images} of ${counts.images} images are flagged, ${flagged.dismissed} of them dismissed. ${flags.join(", ")}`.trim(),
    );
    await printReviews(client.truth.reviews({ job, ...given({ flag: options.flag, state: options.state }) }), options);
  });
  return EXIT.ok;
}

export async function listReviews(options: ReviewOptions): Promise<ExitCode> {
  const { job, flag, kind, state, store, area, agent, from, to } = options;
  const filter: ReviewFilter = given({ job, flag, kind, state, store_id: store, area, agent, from, to });
  await withClient(options, (client) => printReviews(client.truth.reviews(filter), options));
  return EXIT.ok;
}

const DECISIONS = { accept: "accepted", dismiss: "dismissed", undo: "open" } as const;

export async function decideReviews(
  verb: keyof typeof DECISIONS,
  job: number,
  images: readonly number[],
  options: Output & { readonly note?: string },
): Promise<ExitCode> {
  const places = images.map((image) => ({ job_id: job, image }));
  const decided = await withClient(options, (client) => client.truth.decide(places, DECISIONS[verb], options.note));
  printOne(decided, [["changed"], ["unchanged"], ["not_found", "not found"]], options);
  return decided.not_found.length > 0 ? EXIT.badData : EXIT.ok;
}

export async function listShares(
  options: Output & Pick<ReviewOptions, "job" | "flag" | "from" | "to" | "limit"> & { readonly by: "store" | "area" },
): Promise<ExitCode> {
  const { by, job, flag, from, to, limit } = options;
  await withClient(options, async (client) => {
    const query = given({ by, job, flag, from, to, limit: Math.max(1, Math.min(limit, 1_000)) });
    const shares = await client.truth.shares(query);
    say(`${shares.flagged_visits} of ${shares.visits} inspected visits have a flag.`);
    await printRows(shares.data, SHARE, options);
  });
  return EXIT.ok;
}

export async function findSimilar(photo: string, options: Output): Promise<ExitCode> {
  const asked = /^https?:\/\//i.test(photo) ? photo : await fileOf(photo);
  const answer = await withClient(options, (client) => client.truth.similar(asked));
  if (answer.not_inspected !== null) throw new CommandError(EXIT.badData, `${photo}: ${answer.not_inspected}`);
  say(answer.matches.length === 0 ? "Not seen before." : `Seen before: ${answer.matches.length} photos.`);
  await printRows(answer.matches, SIMILAR, options);
  return EXIT.ok;
}

async function fileOf(path: string): Promise<Blob> {
  return await openAsBlob(path).catch((cause: unknown) => {
    throw new CommandError(EXIT.noInput, `there is no file ${path}`, { cause });
  });
}

/** What is not named stays as it is. */
export async function truthSettings(
  options: ServiceOption & OutputOption & { readonly set?: readonly string[] },
): Promise<ExitCode> {
  await withClient(options, async (client) => {
    const { changed_by: _by, changed_at: _at, ...settings } = await client.truth.settings();
    if (!options.set) return showSettings(settings, options);
    showSettings(await client.truth.setSettings(withChanges(settings, options.set)), options);
  });
  return EXIT.ok;
}

/** A line for each name that `--set` takes. */
function showSettings(settings: NewTruthSettings, output: OutputOption): void {
  printAnswer(
    { ...settings },
    namesIn(settings).map((name) => [name]),
    output,
  );
}

function namesIn(value: object, before = ""): readonly string[] {
  return Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === "object" && inner !== null ? namesIn(inner, `${before}${name}.`) : [`${before}${name}`],
  );
}

function withChanges(settings: Required<NewTruthSettings>, changes: readonly string[]): NewTruthSettings {
  const changed = structuredClone(settings);
  for (const change of changes) {
    const at = change.indexOf("=");
    const names = change.slice(0, Math.max(0, at)).split(".");
    const last = names.pop() ?? "";
    const holder = names.reduce<unknown>((inner, name) => memberOf(inner, name), changed);
    if (at < 1 || typeof holder !== "object" || holder === null || !Object.hasOwn(holder, last)) {
      throw new CommandError(
        EXIT.usage,
        `--set must be NAME=VALUE with a name that "truth settings" shows, got "${change}"`,
      );
    }
    const value = change.slice(at + 1);
    const isNumber = typeof memberOf(holder, last) === "number";
    Object.assign(holder, {
      [last]: isNumber && value.trim() !== "" && !Number.isNaN(Number(value)) ? Number(value) : value,
    });
  }
  return changed;
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

async function printReviews(
  reviews: Parameters<typeof atMost<Review>>[0],
  options: OutputOption & { readonly limit: number },
): Promise<void> {
  const isForPeople = !options.json && !options.ndjson;
  await printRows(
    isForPeople ? inWords(atMost(reviews, options.limit)) : atMost(reviews, options.limit),
    REVIEW,
    options,
  );
}

async function* inWords(reviews: AsyncIterable<Review>): AsyncIterable<Row> {
  for await (const review of reviews) {
    const why = review.evidence.map((evidence) => evidence.why).join("; ");
    yield { ...review, what: review.flags.join(" "), why };
  }
}
