/** What people want to be told of where they are. */
import type { Alert, Delivery, Operations } from "./api-types.ts";
import { type Transport, withJson } from "./transport.ts";

export class Alerts {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Oldest first, with what is the case now. */
  async list(): Promise<readonly Alert[]> {
    const { data } = await this.#transport.json<Operations["listAlerts"]["answer"]>("/api/v1/alerts");
    return data;
  }

  /** Not sent twice by itself: it would be two alerts. */
  async create(alert: Operations["createAlert"]["body"]): Promise<Alert> {
    return await this.#transport.json("/api/v1/alerts", withJson("POST", alert, false));
  }

  async change(id: number, changes: Operations["changeAlert"]["body"]): Promise<Alert> {
    return await this.#transport.json(`/api/v1/alerts/${id}`, withJson("PATCH", changes, true));
  }

  /** A message to each of its webhooks, to try it. */
  async test(id: number): Promise<readonly Delivery[]> {
    const path = `/api/v1/alerts/${id}/test`;
    const { data } = await this.#transport.json<Operations["testAlert"]["answer"]>(path, { method: "POST" });
    return data;
  }

  async remove(id: number): Promise<void> {
    await this.#transport.send(`/api/v1/alerts/${id}`, { method: "DELETE" });
  }
}
