/** `storewalk truth …`: flagged photos, decisions about them, and what photos are judged by. */
import type { Decided, FlaggedShare, NewTruthSettings } from "../../sdk/src/api-types.ts";
import type { Review, ReviewFilter, Storewalk, TruthSettings } from "../../sdk/src/client.ts";
import { counted } from "../domain/counted.ts";
import type { PhotoFlag, ReuseKind, ReviewState } from "../domain/findings.ts";
import { type ServiceOption, withClient } from "./connection.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { given } from "./jobs.ts";
import { type ListOption, printList } from "./list.ts";
import { openBlob } from "./open-input.ts";
import { type Column, isForPeople, type OutputOption, printDone, printOne, printRows } from "./output.ts";
import { say } from "./talk.ts";

type Output = ServiceOption & OutputOption;
type Settings = Omit<TruthSettings, "changed_by" | "changed_at">;
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
const sharesBy = (by: "store" | "area"): readonly Column[] => [
  ...(by === "store"
    ? ([
        ["store_id", "store"],
        ["store_name", "name"],
      ] as const)
    : []),
  ["area"],
  ["visits"],
  ["flagged_visits", "flagged"],
  ["share"],
];
const SIMILAR: readonly Column[] = [["job_id", "job"], ["image"], ["kind"], ["score"], ["why"], ["image_url", "url"]];

export type ReviewOptions = Output &
  ListOption & {
    readonly job?: number;
    readonly flag?: PhotoFlag;
    readonly kind?: ReuseKind;
    readonly state?: ReviewState;
    readonly store?: string;
    readonly area?: string;
    readonly agent?: string;
    readonly from?: string;
    readonly to?: string;
  };

/** The job's flagged images, and how many there are of each flag. */
export async function showTruth(
  job: number,
  options: Output & ListOption & { readonly flag?: PhotoFlag; readonly state?: ReviewState },
): Promise<ExitCode> {
  await withClient(options, async (client) => {
    const { flagged, counts, inspect } = await client.jobs.get(job);
    const flags = Object.entries(flagged.flags).flatMap(([flag, images]) => (images > 0 ? [`${flag} ${images}`] : []));
    say(
      inspect === "off"
        ? `Job ${job} was submitted without an inspection: nothing is flagged.`
        : `Job ${job}: ${flagged.images} of ${counts.images} images are flagged, ${flagged.dismissed} of them dismissed. ${flags.join(", ")}`.trim(),
    );
    if (inspect === "off" && isForPeople(options)) return;
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
  printDone(decided, sentenceOf(decided, DECISIONS[verb], job), options);
  return decided.not_found.length > 0 ? EXIT.badData : EXIT.ok;
}

function sentenceOf({ changed, unchanged, not_found: gone }: Decided, state: string, job: number): string {
  const before =
    unchanged === 0 ? "" : ` ${counted(unchanged, "image")} ${unchanged === 1 ? "was" : "were"} so before.`;
  const images = gone.map(({ image }) => image).join(", ");
  const missing = gone.length === 0 ? "" : ` Without a flag in job ${job}: image ${images}.`;
  return `${counted(changed, "image")} ${state === "open" ? "open again" : `with flags ${state}`}.${before}${missing}`;
}

export async function listShares(
  options: Output &
    Pick<ReviewOptions, "job" | "flag" | "from" | "to"> & { readonly by: "store" | "area"; readonly limit: number },
): Promise<ExitCode> {
  const { by, job, flag, from, to, limit } = options;
  await withClient(options, async (client) => {
    const query = given({ by, job, flag, from, to, limit: Math.max(1, Math.min(limit, 1_000)) });
    const shares = await client.truth.shares(query);
    if (shares.visits > 0) say(`${shares.flagged_visits} of ${shares.visits} inspected visits have a flag.`);
    const rows = isForPeople(options) ? shares.data.map(inPercent) : shares.data;
    await printRows(rows, sharesBy(by), options, "There are no such inspected visits.");
    if (shares.more > 0)
      say(
        `These are the first ${shares.data.length} of ${shares.data.length + shares.more}: --limit shows up to 1000.`,
      );
  });
  return EXIT.ok;
}

const inPercent = (row: FlaggedShare) => ({ ...row, share: `${Math.round(row.share * 1_000) / 10}%` });

export async function findSimilar(photo: string, options: Output): Promise<ExitCode> {
  const asked = /^https?:\/\//i.test(photo) ? photo : await openBlob(photo);
  const answer = await withClient(options, (client) => client.truth.similar(asked));
  if (answer.not_inspected !== null) throw new CommandError(EXIT.badData, `${photo}: ${answer.not_inspected}`);
  say(answer.matches.length === 0 ? "Not seen before." : `Seen before: ${counted(answer.matches.length, "photo")}.`);
  if (answer.matches.length > 0 || !isForPeople(options)) await printRows(answer.matches, SIMILAR, options, "");
  return EXIT.ok;
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
  printOne(
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

function withChanges(settings: Settings, changes: readonly string[]): NewTruthSettings {
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
  reviews: ReturnType<Storewalk["truth"]["reviews"]>,
  options: OutputOption & ListOption,
): Promise<void> {
  const shown = (review: Review) => ({
    ...review,
    what: review.flags.join(" "),
    why: review.evidence.map((evidence) => evidence.why).join("; "),
  });
  await printList(reviews, REVIEW, options, { none: "There are no such flagged photos.", shown });
}
