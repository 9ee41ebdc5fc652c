/** `/api/v1/schedules`: jobs that repeat. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance, FastifyReply } from "fastify";
import { Type } from "typebox";
import { timeZoneFault } from "../../domain/zone-offset.ts";
import type { Schedule as KeptSchedule, ScheduleLedger, ScheduleSource } from "../../ledger/port/schedule-ledger.ts";
import type { UploadLedger } from "../../ledger/port/upload-ledger.ts";
import { cronFault, nextRunAfter } from "../../schedules/next-run.ts";
import { type TriedSchedule, type TrySchedule, timesOf } from "../../schedules/try-schedule.ts";
import type { Uploads } from "../../uploads/uploads.ts";
import { ApiError, type ApiProblem } from "../problems/api-error.ts";
import type { Foresee } from "../submission/foresee.ts";
import type { SubmissionBodies } from "../submission/submission-body.ts";
import { answers } from "./documented.ts";
import { BODY_CODES, readJsonBodies } from "./json-body.ts";
import { listOf } from "./paging.ts";
import { addScheduleFileRoute } from "./schedule-file-route.ts";
import {
  CronText,
  DryRunQuery,
  formatOf,
  ManifestFormat,
  Name,
  Options,
  Schedule,
  ScheduleDryRun,
  ScheduleId,
  Source,
  scheduleView,
  sourceFrom,
  TimeZone,
  TOO_LONG,
  trialView,
} from "./schedule-schema.ts";
import { whenClosed } from "./when-closed.ts";

const MOST_SCHEDULES = 100;

const SchedulePath = Type.Object({ id: ScheduleId });

export function addSchedulesRoutes(
  server: FastifyInstance,
  deps: {
    readonly ledger: ScheduleLedger & Pick<UploadLedger, "touchUpload">;
    readonly bodies: SubmissionBodies;
    readonly uploads: Uploads | null;
    readonly onSchedule: () => void;
    readonly trySchedule: TrySchedule;
    readonly foresee: Foresee;
    readonly now: () => number;
  },
): void {
  const { ledger, now } = deps;
  const app = server.withTypeProvider<TypeBoxTypeProvider>();

  async function own(id: number, sees: string | null): Promise<KeptSchedule> {
    const found = (await ledger.listSchedules(sees)).find((schedule) => schedule.id === id);
    if (!found) throw new ApiError("schedule_not_found", `there is no schedule ${id}`);
    return found;
  }

  /** A file is the tenant's own, and from now on in use. */
  async function usable(source: ScheduleSource, tenant: string): Promise<ScheduleSource> {
    if (source.kind !== "file" || (await ledger.touchUpload(tenant, source.file))) return source;
    const detail = "no such file is kept; send it to POST /api/v1/schedules/files first, an hour before at most";
    throw new ApiError("invalid_body", detail, { problems: [{ pointer: "/source/file", code: "unknown", detail }] });
  }

  /** What it would submit now. `first` is when it runs next, null while it is off. */
  async function tried(schedule: TriedSchedule, first: number | null, reply: FastifyReply) {
    const trial = await deps.trySchedule(schedule, whenClosed(reply));
    const foreseen = trial.check === null ? [] : await deps.foresee(trial.check, "not yet");
    return reply.code(200).send(trialView(trial, first === null ? [] : timesOf(schedule, first), foreseen));
  }

  addScheduleFileRoute(server, deps);

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
    async ({ caller }) => ({ data: (await ledger.listSchedules(caller.sees)).map(scheduleView) }),
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
            "At each run its source is read and submitted. One that was missed is caught up once; one whose source cannot be had is tried again after 1, 5, 15 and 30 minutes. `dry_run` says what it would do.",
          tags: ["schedules"],
          querystring: DryRunQuery,
          body: Type.Object(
            {
              name: Name,
              cron: CronText,
              time_zone: Type.Optional({ ...TimeZone, default: "UTC" }),
              source: Source,
              format: Type.Optional(ManifestFormat),
              options: Type.Optional(Options),
            },
            { title: "NewSchedule", additionalProperties: false },
          ),
          response: answers({ 201: Schedule, 200: ScheduleDryRun }, "too_many_schedules", ...BODY_CODES),
        },
      },
      async ({ body, caller, query }, reply) => {
        const { name, cron, time_zone: timeZone = "UTC", options = {} } = body;
        const dueAt = nextOf(cron, timeZone, now());
        const source = await usable(sourceFrom(body.source), caller.tenant);
        const format = body.format ?? formatOf(source);
        const schedule = { tenant: caller.tenant, name, cron, timeZone, source, format, options, dueAt };
        if (query.dry_run === true) return await tried({ ...schedule, id: null }, dueAt, reply);
        if ((await ledger.listSchedules(caller.tenant)).length >= MOST_SCHEDULES) {
          throw new ApiError("too_many_schedules", `there are ${MOST_SCHEDULES} schedules already; remove one first`);
        }
        const made = await ledger.addSchedule(schedule);
        return reply.code(201).header("location", `/api/v1/schedules/${made.id}`).send(scheduleView(made));
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
            "What is left out stays; a format beside a new source is by its ending. What a bucket's runs took stays taken. Switched on again it runs at its next time.",
          tags: ["schedules"],
          params: SchedulePath,
          body: Type.Object(
            {
              name: Type.Optional(Name),
              cron: Type.Optional(CronText),
              time_zone: Type.Optional(TimeZone),
              source: Type.Optional(Source),
              format: Type.Optional(ManifestFormat),
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
        const { name, options, enabled, cron, time_zone: timeZone } = body;
        const at = { cron: cron ?? before.cron, timeZone: timeZone ?? before.timeZone };
        const isMoved = !isSameTime(at, before) || (enabled === true && !before.enabled);
        const source = body.source && (await usable(sourceFrom(body.source), before.tenant));
        const format = body.format ?? (source && formatOf(source));
        const changed = await ledger.changeSchedule(params.id, {
          ...(source === undefined ? {} : { source }),
          ...(format === undefined ? {} : { format }),
          ...(cron === undefined ? {} : { cron }),
          ...(timeZone === undefined ? {} : { timeZone }),
          ...(name === undefined ? {} : { name }),
          ...(options === undefined ? {} : { options }),
          ...(enabled === undefined ? {} : { enabled }),
          ...(isMoved ? { dueAt: nextOf(at.cron, at.timeZone, now()) } : {}),
        });
        if (!changed) return scheduleView(await own(params.id, caller.sees));
        if (!isMoved || isSameTime(at, changed)) return scheduleView(changed);
        // Somebody else changed the other half of its time meanwhile.
        const dueAt = nextOf(changed.cron, changed.timeZone, now());
        return scheduleView((await ledger.changeSchedule(params.id, { dueAt })) ?? changed);
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
    async ({ params, caller }) => scheduleView(await own(params.id, caller.sees)),
  );

  app.delete(
    "/api/v1/schedules/:id",
    {
      config: { access: "jobs:write" },
      schema: {
        operationId: "removeSchedule",
        summary: "Remove a schedule",
        description: "The jobs that it made stay. A file that it kept and what it took from a bucket are forgotten.",
        tags: ["schedules"],
        params: SchedulePath,
        response: answers({ 204: Type.Null({ description: "It is gone" }) }, "schedule_not_found"),
      },
    },
    async ({ params, caller }, reply) => {
      await own(params.id, caller.sees);
      await ledger.removeSchedule(params.id);
      deps.onSchedule();
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
        description:
          "Beside its own times, within seconds; also one that is off is switched on by it. `dry_run` says what it would do.",
        tags: ["schedules"],
        params: SchedulePath,
        querystring: DryRunQuery,
        response: answers({ 202: Schedule, 200: ScheduleDryRun }, "schedule_not_found"),
      },
    },
    async ({ params, caller, query }, reply) => {
      const schedule = await own(params.id, caller.sees);
      if (query.dry_run === true) return await tried(schedule, schedule.enabled ? schedule.nextAt : null, reply);
      const changed = await ledger.changeSchedule(params.id, { dueAt: now(), enabled: true });
      deps.onSchedule();
      return reply.code(202).send(scheduleView(changed ?? (await own(params.id, caller.sees))));
    },
  );
}

type Time = Pick<KeptSchedule, "cron" | "timeZone">;
const isSameTime = (one: Time, other: Time) => one.cron === other.cron && one.timeZone === other.timeZone;

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
