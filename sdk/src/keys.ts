/** API keys: who may do what. */
import type { Key, KeyWithText, Operations } from "./api-types.ts";
import { type Transport, withJson } from "./transport.ts";

export class Keys {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Oldest first. */
  async list(): Promise<readonly Key[]> {
    const { data } = await this.#transport.json<Operations["listKeys"]["answer"]>("/api/v1/keys");
    return data;
  }

  /** The answer has the key, this once. Not sent twice by itself: it would be two keys. */
  async create(key: Operations["createKey"]["body"]): Promise<KeyWithText> {
    return await this.#transport.json("/api/v1/keys", withJson("POST", key, false));
  }

  /** A key that takes this one's place, which works for the overlap beside it: 24 hours if not given. */
  async rotate(id: string, rotation: Operations["rotateKey"]["body"] = {}): Promise<KeyWithText> {
    return await this.#transport.json(
      `/api/v1/keys/${encodeURIComponent(id)}/rotate`,
      withJson("POST", rotation, false),
    );
  }

  /** Ends it now. */
  async revoke(id: string): Promise<Key> {
    return await this.#transport.json(`/api/v1/keys/${encodeURIComponent(id)}/revoke`, {
      method: "POST",
      repeatable: true,
    });
  }
}
