/** `storewalk truth …` as it is typed. */
import { type Command, Option } from "commander";
import { PHOTO_FLAGS, REUSE_KINDS, REVIEW_STATES } from "../domain/findings.ts";
import {
  calendarDate,
  type Exit,
  idArgument,
  jobArgument,
  limitOption,
  numberFrom,
  withList,
  withOutput,
  withService,
} from "./options.ts";

const load = () => import("../commands/truth.ts");
const flagOption = () => new Option("--flag <flag>", "only with this flag").choices(PHOTO_FLAGS);
const dayOption = (name: "--from" | "--to", about: string) =>
  new Option(`${name} <date>`, about).argParser(calendarDate);
const jobOption = () => new Option("--job <id>", "only of this job").argParser(numberFrom(1));

export function addTruthCommands(program: Command, exit: Exit): void {
  const truth = withList(withOutput(withService(program.command("truth"))))
    .description("flagged photos of a job; below, those of all jobs and what is decided about them")
    .addArgument(jobArgument())
    .addOption(flagOption())
    .addOption(new Option("--state <state>", "only in this state").choices(REVIEW_STATES))
    .action(async (job: number, options) => exit(await (await load()).showTruth(job, options)));

  withList(withOutput(withService(truth.command("review").description("flagged photos of all jobs, newest job first"))))
    .addOption(jobOption())
    .addOption(flagOption())
    .addOption(new Option("--kind <kind>", "only used again so").choices(REUSE_KINDS))
    .addOption(new Option("--state <state>", "only in this state").choices(REVIEW_STATES))
    .option("--store <id>", "only of this store")
    .option("--area <area>", "only of stores in this area")
    .option("--agent <name>", "only of this field agent")
    .addOption(dayOption("--from", "visits of this day or later"))
    .addOption(dayOption("--to", "visits of this day or earlier"))
    .action(async (_options, command: Command) => exit(await (await load()).listReviews(command.optsWithGlobals())));

  for (const [verb, about] of [
    ["accept", "say that images are rightly flagged"],
    ["dismiss", "say that flags of images are false alarms"],
    ["undo", "take decisions about images back"],
  ] as const) {
    withOutput(withService(truth.command(verb).description(about)))
      .addArgument(jobArgument())
      .addArgument(idArgument("<image...>").argParser(numbers))
      .option("--note <text>", "what is to be said about it")
      .action(async (job: number, images: readonly number[], _options, command: Command) =>
        exit(await (await load()).decideReviews(verb, job, images, command.optsWithGlobals())),
      );
  }

  withOutput(withService(truth.command("shares").description("share of flagged visits, the greatest first")))
    .addOption(new Option("--by <what>", "what a row is").choices(["store", "area"]).default("store"))
    .addOption(jobOption())
    .addOption(flagOption())
    .addOption(dayOption("--from", "visits of this day or later"))
    .addOption(dayOption("--to", "visits of this day or earlier"))
    .addOption(limitOption(1_000))
    .action(async (_options, command: Command) => exit(await (await load()).listShares(command.optsWithGlobals())));

  withOutput(withService(truth.command("similar").description("whether a photo was seen before")))
    .argument("<photo>", "its URL, or a file")
    .action(async (photo: string, _options, command: Command) =>
      exit(await (await load()).findSimilar(photo, command.optsWithGlobals())),
    );

  withOutput(
    withService(truth.command("settings").description("what photos are judged by; --set changes it for jobs to come")),
  )
    .option("--set <name=value...>", "such as quality.dark_below=80 or reuse.same_visit.weight=off")
    .action(async (_options, command: Command) => exit(await (await load()).truthSettings(command.optsWithGlobals())));
}

/** Of an argument that may come several times. */
function numbers(value: string, before: readonly number[] = []): readonly number[] {
  return [...before, numberFrom(0)(value)];
}
