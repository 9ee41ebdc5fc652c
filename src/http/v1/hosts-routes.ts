/** `/api/v1/hosts`: which hosts images wait for and why, and a person's decision to wait no longer. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import { hostOf } from "../../domain/host-of.ts";
import { type HostTrouble, imagesWaiting } from "../../domain/host-trouble.ts";
import { plainText, shortText } from "../../domain/plain-text.ts";
import type { HostLedger } from "../../ledger/port/host-ledger.ts";
import type { KeyLedger } from "../../ledger/port/key-ledger.ts";
import { readHostsInTrouble } from "../../reports/hosts-in-trouble.ts";
import { ApiError } from "../problems/api-error.ts";
import { Instant, JobId, OrNull } from "../schemas.ts";
import { answers } from "./documented.ts";
import { instant } from "./job-schema.ts";
import { listOf } from "./paging.ts";

const Count = Type.Integer({ minimum: 0 });
/** Room for its words before the detail of an image is cut. */
const MOST_SENTENCE = 400;

const Host = Type.Object(
  {
    host: Type.String({ description: "host or host:port" }),
    at_once: Type.Integer({
      minimum: 0,
      description: "Requests at a time that it is asked for now, all processes together",
    }),
    per_second: OrNull(Type.Number({ minimum: 0 }), "Requests a second that it is asked for now; null for no limit"),
    under_way: Type.Integer({ minimum: 0, description: "Requests under way" }),
    refusals: Type.Integer({ minimum: 0, description: "Requests that it refused as too much" }),
    waits_until: OrNull(Instant, "It is left alone until then; null when it is not"),
    last_failure: OrNull(Type.String(), "What it did last that was not well"),
    troubled_seconds: Type.Number({ minimum: 0, description: "So long without a good answer; 0 while there are some" }),
    given_up: Type.Boolean({ description: "It is not waited for any longer; one image asks again now and then" }),
    images_waiting: Count,
    jobs: Type.Array(JobId, { description: "Whose images wait, the most first, at most 50 a process" }),
  },
  { title: "Host", description: "A host in trouble that images wait for" },
);
const Hosts = listOf(Host, "Hosts in trouble, the most waited for first; at most 50 a process, as of at most 5 s ago");
const GivenUp = Type.Object(
  {
    host: Type.String(),
    jobs: Type.Array(JobId, { description: "Jobs for which it is given up; none where none was running" }),
    detail: Type.String({ description: "What the details of its images say" }),
  },
  { title: "HostGivenUp", description: "A host that was given up" },
);

export function addHostsRoutes(
  server: FastifyInstance,
  deps: { readonly ledger: Pick<HostLedger, "readHosts" | "giveUpHost"> & Pick<KeyLedger, "readKey"> },
): void {
  const { ledger } = deps;
  const app = server.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    "/api/v1/hosts",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "listHosts",
        summary: "Hosts in trouble that images wait for",
        description:
          "Hosts that refuse, or do not answer, while images of running jobs want them: what Storewalk asks of them now and who waits.",
        tags: ["service"],
        response: answers({ 200: Hosts }),
      },
    },
    async ({ caller }) => ({ data: (await readHostsInTrouble(ledger, caller.sees)).map(hostView) }),
  );

  app.post(
    "/api/v1/hosts/:host/give-up",
    {
      config: { access: "jobs:write" },
      schema: {
        operationId: "giveUpHost",
        summary: "Wait no longer for a host",
        description:
          "For the jobs that are running now, of all that the caller sees. Images that wait for the host fail within seconds as `host_unavailable`, " +
          "one that is asked for just now with its own answer. Later jobs ask the host as ever, and so does a retry of these, by host for example.",
        tags: ["service"],
        params: Type.Object({
          host: Type.String({
            minLength: 1,
            maxLength: 300,
            description: "As images and failures name it: host or host:port",
          }),
        }),
        response: answers({ 200: GivenUp }),
      },
    },
    async ({ params, caller, log }) => {
      const host = hostNamed(params.host);
      const seen = (await readHostsInTrouble(ledger, caller.sees)).find((one) => one.host === host);
      const detail = sentenceOf(host, await nameOf(caller.keyId), seen?.trouble ?? "");
      const jobs = await ledger.giveUpHost(caller.sees, { host, sentence: detail, by: caller.keyId });
      log.warn({ host, jobs: jobs.length }, "a host was given up by hand");
      return { host, jobs: [...jobs], detail };
    },
  );

  async function nameOf(keyId: string | null): Promise<string> {
    if (keyId === null) return "somebody without a key";
    const key = await ledger.readKey(keyId);
    return key === null ? `key ${keyId}` : `key ${keyId} (${key.name})`;
  }
}

/** Throws ApiError for what no URL can have as its host. */
function hostNamed(given: string): string {
  const url = /[/?#@\\\s]/.test(given) ? null : URL.parse(`http://${given}`);
  const host = url === null ? "" : hostOf(url.href);
  if (host !== "") return host;
  throw new ApiError(
    "invalid_parameter",
    `${JSON.stringify(given)} is no host; wanted host or host:port, as failures name it`,
  );
}

function sentenceOf(host: string, who: string, trouble: string): string {
  const last = trouble === "" ? "" : `, its last failure: ${trouble}`;
  return shortText(plainText(`${host} was given up by ${who}${last}`), MOST_SENTENCE);
}

function hostView(trouble: HostTrouble): Static<typeof Host> {
  return {
    host: trouble.host,
    at_once: trouble.atOnce,
    per_second: trouble.perSecond === null ? null : Math.round(trouble.perSecond * 100) / 100,
    under_way: trouble.underWay,
    refusals: trouble.refusals,
    waits_until: trouble.waitsUntil === null ? null : instant(trouble.waitsUntil),
    last_failure: trouble.trouble === "" ? null : shortText(plainText(trouble.trouble), MOST_SENTENCE),
    troubled_seconds: Math.round(trouble.troubledMs / 100) / 10,
    given_up: trouble.givenUp,
    images_waiting: imagesWaiting(trouble),
    jobs: trouble.waiting.map(([jobId]) => jobId),
  };
}
