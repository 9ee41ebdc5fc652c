/** Hosts that images are fetched from: those in trouble, and what is sent to those that ask who is there. */
import type {
  Host,
  HostAccess,
  HostAccessChange,
  HostAccessList,
  HostAccessTest,
  HostGivenUp,
  NewHostAccess,
  Operations,
} from "./api-types.ts";
import { type Transport, withJson } from "./transport.ts";

const ACCESS = "/api/v1/hosts/access";

export class Hosts {
  readonly access: Access;
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.access = new Access(transport);
    this.#transport = transport;
  }

  /** Hosts in trouble that images wait for, the most waited for first. */
  async waiting(): Promise<readonly Host[]> {
    const { data } = await this.#transport.json<Operations["listHosts"]["answer"]>("/api/v1/hosts");
    return data;
  }

  /** Waits no longer for a host (host or host:port): its images of jobs that run now fail, until they are retried. */
  async giveUp(host: string): Promise<HostGivenUp> {
    return await this.#transport.json(`/api/v1/hosts/${encodeURIComponent(host)}/give-up`, {
      method: "POST",
      repeatable: true,
    });
  }
}

class Access {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Without what is secret, by their patterns. */
  async list(): Promise<readonly HostAccess[]> {
    return (await this.#transport.json<HostAccessList>(ACCESS)).data;
  }

  /** Keeps credentials; what is secret of them is shown by nothing again. */
  async add(access: NewHostAccess): Promise<HostAccess> {
    return await this.#transport.json(ACCESS, withJson("POST", access, false));
  }

  /** What is left out stays as it is; `s3` and `azure` are given whole. */
  async change(id: string, change: HostAccessChange): Promise<HostAccess> {
    return await this.#transport.json(pathOf(id), withJson("PATCH", change, true));
  }

  async remove(id: string): Promise<void> {
    await this.#transport.send(pathOf(id), { method: "DELETE" });
  }

  /** Asks for one image as a job would, of the key's tenant if none is given. */
  async test(url: string, tenant?: string): Promise<HostAccessTest> {
    const body = tenant === undefined ? { url } : { url, tenant };
    return await this.#transport.json(`${ACCESS}/test`, withJson("POST", body, true));
  }
}

const pathOf = (id: string) => `${ACCESS}/${encodeURIComponent(id)}`;
