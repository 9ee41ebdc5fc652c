/** Who is told of the ends of jobs, and what became of each telling. */
import type { Delivery, DeliveryInFull, Operations, Webhook } from "./api-types.ts";
import { type Pages, pagesOf } from "./pages.ts";
import { type Transport, withJson } from "./transport.ts";

export class Webhooks {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The answer has the secret, this once. Not sent twice by itself: it would be two endpoints. */
  async create(webhook: Operations["createWebhook"]["body"]): Promise<Operations["createWebhook"]["answer"]> {
    return await this.#transport.json("/api/v1/webhooks", withJson("POST", webhook, false));
  }

  async list(): Promise<readonly Webhook[]> {
    const { data } = await this.#transport.json<Operations["listWebhooks"]["answer"]>("/api/v1/webhooks");
    return data;
  }

  async change(id: number, changes: Operations["changeWebhook"]["body"]): Promise<Webhook> {
    return await this.#transport.json(`/api/v1/webhooks/${id}`, withJson("PATCH", changes, true));
  }

  async remove(id: number): Promise<void> {
    await this.#transport.send(`/api/v1/webhooks/${id}`, { method: "DELETE" });
  }

  /** A new secret, shown this once; the one before signs as well for 24 hours. */
  async rotate(id: number): Promise<Operations["rotateWebhook"]["answer"]> {
    return await this.#transport.json(`/api/v1/webhooks/${id}/rotate`, { method: "POST" });
  }

  async ping(id: number): Promise<Delivery> {
    return await this.#transport.json(`/api/v1/webhooks/${id}/ping`, { method: "POST" });
  }
}

export class Deliveries {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Newest first. */
  list(filter: Omit<Operations["listDeliveries"]["query"], "cursor"> = {}): Pages<Delivery> {
    return pagesOf(this.#transport, "/api/v1/webhook-deliveries", filter);
  }

  /** What is sent, and every attempt. */
  async get(no: number): Promise<DeliveryInFull> {
    return await this.#transport.json(`/api/v1/webhook-deliveries/${no}`);
  }

  async replay(no: number): Promise<Delivery> {
    return await this.#transport.json(`/api/v1/webhook-deliveries/${no}/replay`, { method: "POST" });
  }
}
