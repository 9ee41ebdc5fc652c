/**
 * Server-sent events: `/api/v1/events` for all jobs, `/api/v1/jobs/{id}/events` for one. The present first, then what changes.
 * A reader that does not keep up gets fewer progress events, and is cut off rather than waited for.
 */
import { Readable } from "node:stream";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Backlog, JobReader, JobSnapshot } from "../../ledger/port/job-reader.ts";
import type { LiveEvent, LiveEvents } from "../../notify/live-events.ts";
import type { Authenticator } from "../auth/authenticator.ts";
import { onHalfClosed } from "../half-closed.ts";
import { noSuchJob } from "../problems/api-error.ts";
import { JobId } from "../schemas.ts";
import { answers, textAnswer } from "./documented.ts";
import type { Job } from "./job-schema.ts";

const HEARTBEAT_MS = 15_000;
/** After a connection that broke a client comes again this soon. */
const RETRY_MS = 1_000;
/** Behind by so much: progress can wait, the next one says more. */
const BEHIND_BYTES = 64 * 1024;
/** Behind by so much: it does not read. */
const LOST_BYTES = 1024 * 1024;

const EVENTS =
  "`snapshot` first: the job, or `{jobs, backlog}` with the jobs that are not over. Then `progress` (a job, when something changed, at most four " +
  "a second), `backlog` (all jobs only), `ended` (a job, once for its end), `away` (the ledger cannot be reached; the stream goes on). " +
  "The id is the number of the last end: with `Last-Event-ID` every end since then is told first.";

const STREAM = answers(
  { 200: textAnswer("text/event-stream", "Events, until the client has enough") },
  "job_not_found",
);

export function addEventsRoutes(
  server: FastifyInstance,
  deps: {
    readonly ledger: Pick<JobReader, "readJob">;
    readonly authenticator: Pick<Authenticator, "stillKnows">;
    readonly live: LiveEvents;
    readonly jobView: (job: JobSnapshot) => Job;
  },
): void {
  const app = server.withTypeProvider<TypeBoxTypeProvider>();
  // Before the server waits for its connections to end.
  app.addHook("preClose", () => deps.live.stop());

  app.get(
    "/api/v1/events",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "streamEvents",
        summary: "What changes in all jobs, as it happens",
        description: EVENTS,
        tags: ["jobs"],
        response: STREAM,
      },
    },
    async (request, reply) => await stream(request, reply, null),
  );

  app.get(
    "/api/v1/jobs/:id/events",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "streamJobEvents",
        summary: "What changes in one job, as it happens",
        description: "As `streamEvents` says it; `snapshot` and `progress` are of this job.",
        tags: ["jobs"],
        params: Type.Object({ id: JobId }),
        response: STREAM,
      },
    },
    async (request, reply) => {
      const jobId = request.params.id;
      request.jobId = jobId;
      if (!(await deps.ledger.readJob(jobId))) throw noSuchJob(jobId);
      return await stream(request, reply, jobId);
    },
  );

  async function stream(request: FastifyRequest, reply: FastifyReply, jobId: number | null): Promise<FastifyReply> {
    reply.type("text/event-stream").header("cache-control", "no-store").header("x-accel-buffering", "no");
    // Nobody would hear them, and nobody would end the stream.
    if (request.method === "HEAD") return reply.send(Readable.from([]));
    const events = new Readable({ read() {} });
    const heartbeat = setInterval(() => void beat(request, events), HEARTBEAT_MS);
    let leave = () => {};
    events.once("close", () => {
      clearInterval(heartbeat);
      leave();
    });
    onHalfClosed(request.raw, () => events.destroy());
    events.push(`retry: ${RETRY_MS}\n\n`);
    const tell = (event: LiveEvent) => {
      if (events.readableLength > LOST_BYTES) events.destroy();
      else if (events.readableLength < BEHIND_BYTES || event.kind === "ended") events.push(written(event));
    };
    try {
      leave = await deps.live.follow(
        { jobId, tenant: request.caller.sees, tell, end: () => events.push(null) },
        lastEventId(request),
      );
    } catch (error) {
      events.destroy();
      throw error;
    }
    if (!events.destroyed) return reply.send(events);
    // Who sends nothing more may be gone: the answer ends where it would begin.
    leave();
    return reply.send(Readable.from([]));
  }

  /** Ends what a key follows that was revoked meanwhile, or a session that is over. */
  async function beat(request: FastifyRequest, events: Readable): Promise<void> {
    const isKnown = await deps.authenticator.stillKnows(request.headers);
    if (!events.destroyed) events.push(isKnown ? ": still here\n\n" : null);
  }

  function written(event: LiveEvent): string {
    const { name, data } = shown(event);
    return `event: ${name}\nid: ${event.lastEnd}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  function shown(event: LiveEvent): { readonly name: string; readonly data: unknown } {
    switch (event.kind) {
      case "job":
        return { name: "snapshot", data: deps.jobView(event.job) };
      case "unfinished":
        return { name: "snapshot", data: { jobs: event.jobs.map(deps.jobView), backlog: backlogView(event.backlog) } };
      case "progress":
      case "ended":
        return { name: event.kind, data: deps.jobView(event.job) };
      case "backlog":
        return { name: "backlog", data: backlogView(event.backlog) };
      case "away":
        return { name: "away", data: {} };
    }
  }
}

function backlogView({ jobs, images, chunks, oldestQueuedMs }: Backlog) {
  return { jobs, images, chunks, oldest_queued_ms: oldestQueuedMs };
}

/** One that is no number of ours is as good as none: the present is told in any case. */
function lastEventId({ headers }: FastifyRequest): number | null {
  const id = headers["last-event-id"];
  return typeof id === "string" && /^\d{1,15}$/.test(id) ? Number(id) : null;
}
