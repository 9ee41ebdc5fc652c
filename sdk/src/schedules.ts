/** Jobs that repeat. */
import type { KeptScheduleFile, Operations, Schedule, ScheduleDryRun } from "./api-types.ts";
import { type SubmissionFile, TYPES, UPLOAD_MS } from "./submission.ts";
import { type Transport, withJson } from "./transport.ts";

export class Schedules {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Oldest first, with their last runs. */
  async list(): Promise<readonly Schedule[]> {
    const { data } = await this.#transport.json<Operations["listSchedules"]["answer"]>("/api/v1/schedules");
    return data;
  }

  /** Not sent twice by itself: it would be two schedules. */
  async create(schedule: Operations["createSchedule"]["body"]): Promise<Schedule> {
    return await this.#transport.json("/api/v1/schedules", withJson("POST", schedule, false));
  }

  /** What it would submit now and when it would run; nothing is kept. */
  async check(schedule: Operations["createSchedule"]["body"]): Promise<ScheduleDryRun> {
    return await this.#transport.json("/api/v1/schedules?dry_run=true", withJson("POST", schedule, true));
  }

  /** The same of one that is kept. */
  async checkRun(id: number): Promise<ScheduleDryRun> {
    return await this.#transport.json(`/api/v1/schedules/${id}/run?dry_run=true`, { method: "POST", repeatable: true });
  }

  /** For the source of a schedule that is made, or changed, within an hour. */
  async keepFile({ type, content }: SubmissionFile): Promise<KeptScheduleFile> {
    return await this.#transport.json("/api/v1/schedules/files", {
      method: "POST",
      headers: { "content-type": TYPES[type] },
      body: content,
      repeatable: true,
      timeoutMs: UPLOAD_MS,
    });
  }

  async change(id: number, changes: Operations["changeSchedule"]["body"]): Promise<Schedule> {
    return await this.#transport.json(`/api/v1/schedules/${id}`, withJson("PATCH", changes, true));
  }

  /** Within seconds, beside its own times. */
  async run(id: number): Promise<Schedule> {
    return await this.#transport.json(`/api/v1/schedules/${id}/run`, { method: "POST" });
  }

  /** Its jobs stay. */
  async remove(id: number): Promise<void> {
    await this.#transport.send(`/api/v1/schedules/${id}`, { method: "DELETE" });
  }
}
