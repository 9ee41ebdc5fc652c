/** `/api/v1/schedules`: jobs that repeat. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import type { Schedule as KeptSchedule, ScheduleLedger, ScheduleSource } from "../../ledger/port/schedule-ledger.ts";
import { cronFault, nextRunAfter, timeZoneFault } from "../../schedules/next-run.ts";
import { ApiError, type ApiProblem } from "../problems/api-error.ts";
import { Instant, JobId, OrNull } from "../schemas.ts";
import { answers } from "./documented.ts";
import { instant } from "./job-schema.ts";
import { readJsonBodies } from "./json-body.ts";
import { listOf } from "./paging.ts";
import { SubmissionOptions } from "./submission-options.ts";

const MOST_SCHEDULES = 100;
const MOST_TEXT = 60_000;
const TOO_LONG = `a manifest that is kept may have ${MOST_TEXT} characters; put a larger one at a URL, from where it is fetched at each run`;
const FORMATS = ["json", "ndjson", "csv", "xlsx"] as const;

const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const Name = Type.String({ minLength: 1, maxLength: 128, description: "For people" });
const CronText = Type.String({
  minLength: 1,
  maxLength: 128,
  description: "Minute, hour, day of the month, month, day of the week: 0 6 * * 1 is every Monday at six",
});
const TimeZone = Type.String({ minLength: 1, maxLength: 64, description: "By whose clock: Asia/Kolkata" });
const SourceUrl = Type.Object(
  { url: Type.String({ minLength: 1, maxLength: 8_192, pattern: "^https?://", "x-wanted": "an http or https URL" }) },
  {
    title: "ManifestUrl",
    description: "Fetched at each run; {date} stands for the run's day",
    additionalProperties: false,
  },
);
const SourceText = Type.Object(
  { text: Type.String({ minLength: 1, description: `Up to ${MOST_TEXT} characters` }) },
  {
    title: "SavedManifest",
    description: "The manifest itself; {date} stands for the run's day",
    additionalProperties: false,
  },
);
const Source = Type.Union([SourceUrl, SourceText], { description: "Where the visits come from" });
const Format = Type.Enum([...FORMATS], { description: "Of the manifest; by its ending if not given, else CSV" });
const { dry_run: _, ...optionFields } = SubmissionOptions.properties;
const Options = Type.Object(optionFields, {
  title: "ScheduleOptions",
  description: "Of its jobs, as of a submission; {date} in external_id stands for the run's day",
  additionalProperties: false,
});

const Run = Type.Object(
  {
    due_at: Instant,
    ended_at: Instant,
    job_id: OrNull(JobId, "Null when none was made"),
    error: OrNull(Type.String(), "Why there is no job"),
  },
  { title: "ScheduleRun", description: "What became of a run" },
);
const Schedule = Type.Object(
  {
    id: Id,
    name: Name,
    cron: CronText,
    time_zone: TimeZone,
    source: Source,
    format: Type.Enum([...FORMATS]),
    options: Options,
    enabled: Type.Boolean(),
    next_run_at: OrNull(Instant, "Null while it is off"),
    created_at: Instant,
    runs: Type.Array(Run, { description: "The last twenty, the latest first" }),
  },
  { title: "Schedule", description: "A job that repeats" },
);

const SchedulePath = Type.Object({ id: Id });
const BODY_CODES = ["invalid_body", "body_too_large", "unsupported_media_type"] as const;

export function addSchedulesRoutes(
  server: FastifyInstance,
  deps: { readonly ledger: ScheduleLedger; readonly onSchedule: () => void; readonly now: () => number },
): void {
  const { ledger, now } = deps;
  const app = server.withTypeProvider<TypeBoxTypeProvider>();

  async function own(id: number, sees: string | null): Promise<KeptSchedule> {
    const found = (await ledger.listSchedules(sees)).find((schedule) => schedule.id === id);
    if (!found) throw new ApiError("schedule_not_found", `there is no schedule ${id}`);
    return found;
  }

  app.get(
    "/api/v1/schedules",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "listSchedules",
        summary: "Jobs that repeat",
        description: "All of the caller's tenant, oldest first, with their last runs.",
        tags: ["schedules"],
        response: answers({ 200: listOf(Schedule, "All schedules") }),
      },
    },
    async ({ caller }) => ({ data: (await ledger.listSchedules(caller.sees)).map(view) }),
  );

  app.register((withBodies, _options, done) => {
    readJsonBodies(withBodies, TOO_LONG);
    const routes = withBodies.withTypeProvider<TypeBoxTypeProvider>();
    routes.post(
      "/api/v1/schedules",
      {
        config: { access: "jobs:write" },
        schema: {
          operationId: "createSchedule",
          summary: "Let a job repeat",
          description:
            "At each run the manifest is fetched, or taken as it was saved, and submitted. A run that was missed while nothing ran is caught up once. " +
            "One whose manifest cannot be had is tried again after 1, 5, 15 and 30 minutes.",
          tags: ["schedules"],
          body: Type.Object(
            {
              name: Name,
              cron: CronText,
              time_zone: Type.Optional({ ...TimeZone, default: "UTC" }),
              source: Source,
              format: Type.Optional(Format),
              options: Type.Optional(Options),
            },
            { title: "NewSchedule", additionalProperties: false },
          ),
          response: answers({ 201: Schedule }, "too_many_schedules", ...BODY_CODES),
        },
      },
      async ({ body, caller }, reply) => {
        const { name, cron, time_zone: timeZone = "UTC", options = {} } = body;
        const dueAt = nextOf(cron, timeZone, now());
        const source = sourceOf(body.source);
        if ((await ledger.listSchedules(caller.tenant)).length >= MOST_SCHEDULES) {
          throw new ApiError("too_many_schedules", `there are ${MOST_SCHEDULES} schedules already; remove one first`);
        }
        const format = body.format ?? formatOf(source);
        const made = await ledger.addSchedule({
          tenant: caller.tenant,
          name,
          cron,
          timeZone,
          source,
          format,
          options,
          dueAt,
        });
        return reply.code(201).header("location", `/api/v1/schedules/${made.id}`).send(view(made));
      },
    );

    routes.patch(
      "/api/v1/schedules/:id",
      {
        config: { access: "jobs:write" },
        schema: {
          operationId: "changeSchedule",
          summary: "Change a schedule, or switch it off and on",
          description:
            "What is left out stays. Switched on again it runs at its next time; what was missed meanwhile was not wanted.",
          tags: ["schedules"],
          params: SchedulePath,
          body: Type.Object(
            {
              name: Type.Optional(Name),
              cron: Type.Optional(CronText),
              time_zone: Type.Optional(TimeZone),
              options: Type.Optional(Options),
              enabled: Type.Optional(Type.Boolean()),
            },
            { title: "ScheduleChanges", additionalProperties: false },
          ),
          response: answers({ 200: Schedule }, "schedule_not_found", ...BODY_CODES),
        },
      },
      async ({ params, body, caller }) => {
        const before = await own(params.id, caller.sees);
        const { cron = before.cron, time_zone: timeZone = before.timeZone, name, options, enabled } = body;
        const isMoved = cron !== before.cron || timeZone !== before.timeZone || (enabled === true && !before.enabled);
        const changed = await ledger.changeSchedule(params.id, {
          cron,
          timeZone,
          ...(name === undefined ? {} : { name }),
          ...(options === undefined ? {} : { options }),
          ...(enabled === undefined ? {} : { enabled }),
          ...(isMoved ? { dueAt: nextOf(cron, timeZone, now()) } : {}),
        });
        return view(changed ?? (await own(params.id, caller.sees)));
      },
    );
    done();
  });

  app.get(
    "/api/v1/schedules/:id",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "getSchedule",
        summary: "One schedule",
        description: "With its last runs.",
        tags: ["schedules"],
        params: SchedulePath,
        response: answers({ 200: Schedule }, "schedule_not_found"),
      },
    },
    async ({ params, caller }) => view(await own(params.id, caller.sees)),
  );

  app.delete(
    "/api/v1/schedules/:id",
    {
      config: { access: "jobs:write" },
      schema: {
        operationId: "removeSchedule",
        summary: "Remove a schedule",
        description: "The jobs that it made stay.",
        tags: ["schedules"],
        params: SchedulePath,
        response: answers({ 204: Type.Null({ description: "It is gone" }) }, "schedule_not_found"),
      },
    },
    async ({ params, caller }, reply) => {
      await own(params.id, caller.sees);
      await ledger.removeSchedule(params.id);
      return reply.code(204).send(null);
    },
  );

  app.post(
    "/api/v1/schedules/:id/run",
    {
      config: { access: "jobs:write" },
      schema: {
        operationId: "runSchedule",
        summary: "Run a schedule now",
        description: "Beside its own times, within seconds; also one that is off is switched on by it.",
        tags: ["schedules"],
        params: SchedulePath,
        response: answers({ 202: Schedule }, "schedule_not_found"),
      },
    },
    async ({ params, caller }, reply) => {
      await own(params.id, caller.sees);
      const changed = await ledger.changeSchedule(params.id, { dueAt: now(), enabled: true });
      deps.onSchedule();
      return reply.code(202).send(view(changed ?? (await own(params.id, caller.sees))));
    },
  );
}

/** Throws with all that is wrong with an expression and its time zone. */
function nextOf(cron: string, timeZone: string, now: number): number {
  const faults = [
    ["/cron", cronFault(cron, now)],
    ["/time_zone", timeZoneFault(timeZone)],
  ] as const;
  const problems = faults.flatMap(([pointer, detail]): ApiProblem[] =>
    detail === null ? [] : [{ pointer, code: "malformed", detail }],
  );
  const [first] = problems;
  if (first) throw new ApiError("invalid_body", `${first.pointer.slice(1)} ${first.detail}`, { problems });
  const next = nextRunAfter(cron, timeZone, now);
  if (next === null) throw new Error("an expression that comes in UTC must come elsewhere");
  return next;
}

function sourceOf(source: Static<typeof Source>): ScheduleSource {
  if ("url" in source) return { kind: "url", url: source.url };
  // Not in the schema: of a choice of two it can only say that neither fits.
  if (source.text.length > MOST_TEXT) {
    const detail = `${TOO_LONG}, got ${source.text.length}`;
    throw new ApiError("invalid_body", detail, { problems: [{ pointer: "/source/text", code: "too_long", detail }] });
  }
  return { kind: "file", text: source.text };
}

function formatOf(source: ScheduleSource): (typeof FORMATS)[number] {
  if (source.kind === "file") return /^\s*\{/.test(source.text) ? "json" : "csv";
  const path = URL.parse(source.url)?.pathname ?? "";
  return FORMATS.find((format) => path.endsWith(`.${format}`)) ?? "csv";
}

function view(schedule: KeptSchedule): Static<typeof Schedule> {
  const { source } = schedule;
  return {
    id: schedule.id,
    name: schedule.name,
    cron: schedule.cron,
    time_zone: schedule.timeZone,
    source: source.kind === "url" ? { url: source.url } : { text: source.text },
    format: FORMATS.find((format) => format === schedule.format) ?? "csv",
    options: { ...schedule.options },
    enabled: schedule.enabled,
    next_run_at: schedule.enabled ? instant(schedule.nextAt) : null,
    created_at: instant(schedule.createdAt),
    runs: schedule.runs.map(({ dueAt, endedAt, jobId, error }) => ({
      due_at: instant(dueAt),
      ended_at: instant(endedAt),
      job_id: jobId,
      error,
    })),
  };
}
