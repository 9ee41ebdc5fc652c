/**
 * What the service says, in the words of the command line: flags in place of parameters, `visits[0].store_id` in place of a JSON pointer. One table for
 * all commands. Must never touch what stands in a file, such as a line or a cell.
 */

/** Something that is wrong, or may become so, and where. */
export type Said = { readonly pointer: string; readonly detail: string };

/** What of a refusal is listed, and how much there is of it. */
export type Refusal = { readonly problems: readonly Said[]; readonly total: number };

export type Words = {
  /** The flags that the command has. */
  readonly flags: readonly string[];
  /** Those that a place may mean: where a file was given, only what was typed beside it. */
  readonly placed: readonly string[];
};

/** Parameters that have a shorter flag than their name. */
const OTHER_FLAGS: Readonly<Record<string, readonly string[]>> = {
  codes: ["--code"],
  created_after: ["--from"],
  created_before: ["--to"],
  dry_run: ["--diff"],
  events: ["--event"],
  headers: ["--header"],
  job_id: ["--job"],
  mode: ["--replace"],
  source: ["--from"],
  store_id: ["--store"],
  time_zone: ["--zone"],
  webhook_id: ["--webhook"],
};

/** They say where the service is and how its answer is shown: a parameter of the same name is another thing. */
const OF_THE_COMMAND_LINE: readonly string[] = ["--url", "--profile", "--json", "--ndjson", "--help"];

const READING_FLAGS = ["--columns", "--dates", "--unread-times", "--unknown-stores"];

/** Of every command that reads a table of visits or stores. */
export const READING_WORDS: Words = { flags: READING_FLAGS, placed: READING_FLAGS };

/** How a sentence begins that wants its place in front. */
const VERB = /^(?:must|may|cannot|is|has|names|chooses) /;

/** One sentence with its place, said once. */
export function spoken({ pointer, detail }: Said, { flags, placed }: Words): string {
  if (pointer === "") return inFlags(detail, flags);
  const [, part, ...rest] = pointer.split("/");
  // A line of a file, or a photo.
  if (!pointer.startsWith("/") || part === undefined) return `${pointer}: ${inFlags(detail, flags)}`;
  const isParameter = (part === "query" || part === "path") && rest.length > 0;
  const names = isParameter ? rest : [part, ...rest];
  const known = names
    .toReversed()
    .map((name) => flagOf(name, isParameter ? flags : placed))
    .find((flag) => flag !== null);
  const place = known ?? pathOf(names);
  // Some sentences begin with the name of what they are about, or with the parameter as it was given.
  const name = [names.join("/"), names.at(-1) ?? ""].find(
    (own) => detail.startsWith(own) && /^[ ,=]/.test(detail.slice(own.length)),
  );
  if (name !== undefined && detail[name.length] === "=") return inFlags(detail, flags);
  if (name !== undefined) return `${place}${inFlags(detail.slice(name.length), flags)}`;
  return `${place}${known && VERB.test(detail) ? " " : ": "}${inFlags(detail, flags)}`;
}

/** A single problem is one sentence, several are a list. */
export function refusalText(message: string, { problems, total }: Refusal, words: Words): string {
  const [first] = problems;
  if (first === undefined || (total === 1 && first.pointer === "")) return inFlags(message, words.flags);
  if (total === 1) return spoken(first, words);
  const listed = problems.map((problem) => `\n  ${spoken(problem, words)}`).join("");
  const more = total > problems.length ? `\n  and ${total - problems.length} more` : "";
  return `${total} things are wrong:${listed}${more}`;
}

/** `dates=dmy` as it is typed, `--dates dmy`, and `user_agent` as `--user-agent`; what is quoted stays. */
export function inFlags(text: string, flags: readonly string[]): string {
  return text.replace(
    /(?<![\w"'/.&?-])([a-z]+(?:_[a-z]+)*)(=(?=\w)|(?![\w"'/.=]))/g,
    (given, name: string, equals: string) => {
      if (equals === "" && !name.includes("_")) return given;
      const flag = flagOf(name, flags);
      return flag === null ? given : `${flag}${equals === "" ? "" : " "}`;
    },
  );
}

function flagOf(name: string, flags: readonly string[]): string | null {
  const possible = [`--${name.replaceAll("_", "-")}`, ...(OTHER_FLAGS[name] ?? [])];
  return possible.find((flag) => flags.includes(flag) && !OF_THE_COMMAND_LINE.includes(flag)) ?? null;
}

function pathOf(names: readonly string[]): string {
  return names.map((name, at) => (/^\d+$/.test(name) ? `[${name}]` : at === 0 ? name : `.${name}`)).join("");
}
