/** `storewalk schedules …` as it is typed. */
import { type Command, Option } from "commander";
import { SUBMIT_FORMATS } from "../commands/choices.ts";
import type { RunOptions, ScheduleOptions, SourceOptions } from "../commands/schedules.ts";
import { INSPECTION_LEVELS } from "../domain/findings.ts";
import { type Exit, idArgument, numberFrom, withOutput, withService } from "./options.ts";

const load = () => import("../commands/schedules.ts");

export function addScheduleCommands(program: Command, exit: Exit): void {
  const schedules = program.command("schedules").description("jobs that repeat");
  const shown = (name: string, about: string) => withOutput(withService(schedules.command(name).description(about)));
  const placed = (command: Command) =>
    command
      .requiredOption(
        "--from <url-bucket-or-file>",
        "a URL or a bucket that is asked at each run, or a file that is kept; {date} in a URL, prefix or text is the run's day",
      )
      .option("--visits <pattern>", "which parts of a bucket's keys are what: {store}/{date}/{name}.jpg")
      .option("--everything", "take all that is in the bucket at each run, not only what is new", false)
      .addOption(
        new Option("--format <format>", "of the manifest, when its ending does not tell").choices(SUBMIT_FORMATS),
      );
  placed(
    shown("add", "let a job repeat").argument("<name>", "what it is called").argument("<cron>", "such as '0 6 * * 1'"),
  )
    .option("--zone <time-zone>", "by whose clock", "UTC")
    .addOption(new Option("--priority <0-9>", "of its jobs").argParser(numberFrom(0, 9)))
    .addOption(new Option("--inspect <level>", "how far photos are inspected").choices(INSPECTION_LEVELS))
    .option("--external-id <id>", "of its jobs; {date} stands for the run's day")
    .option("--dry-run", "say what it would submit now and when it would run; nothing is kept", false)
    .action(async (name: string, cron: string, options: ScheduleOptions) =>
      exit(await (await load()).addSchedule(name, cron, options)),
    );
  placed(shown("change", "give one another source").addArgument(idArgument("<schedule>"))).action(
    async (id: number, options: SourceOptions) => exit(await (await load()).moveSchedule(id, options)),
  );
  shown("list", "schedules, with their last runs").action(async (options) =>
    exit(await (await load()).listSchedules(options)),
  );
  shown("run", "run one now")
    .addArgument(idArgument("<schedule>"))
    .option("--dry-run", "say what it would submit now and when it runs next; nothing is kept", false)
    .action(async (id: number, options: RunOptions) => exit(await (await load()).runSchedule(id, options)));
  for (const [name, enabled] of [
    ["on", true],
    ["off", false],
  ] as const)
    shown(name, `switch one ${name}`)
      .addArgument(idArgument("<schedule>"))
      .action(async (id: number, options) => exit(await (await load()).switchSchedule(id, enabled, options)));
  shown("remove", "remove one; its jobs stay")
    .addArgument(idArgument("<schedule>"))
    .action(async (id: number, options) => exit(await (await load()).removeSchedule(id, options)));
}
