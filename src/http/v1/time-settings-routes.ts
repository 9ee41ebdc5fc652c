/** `/api/v1/submission/times`: how a tenant writes its times, for submissions that do not say it themselves. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import { DATE_ORDERS } from "../../domain/visit-time.ts";
import { isTimeZone } from "../../domain/zone-offset.ts";
import type { TenantLedger, TenantTimes } from "../../ledger/port/tenant-ledger.ts";
import { ApiError } from "../problems/api-error.ts";
import { OrNull } from "../schemas.ts";
import { answers } from "./documented.ts";
import { readJsonBodies } from "./json-body.ts";

const Dates = OrNull(
  Type.Enum([...DATE_ORDERS]),
  "The order of day, month and year in dates of numbers; null: each submission says it",
);
const TimeZone = OrNull(
  Type.String({ minLength: 1, maxLength: 64 }),
  "Of times without an offset: a name of the IANA time zone database as Asia/Kolkata; null: not known",
);
const Times = Type.Object(
  { dates: Dates, time_zone: TimeZone },
  { title: "TimeSettings", description: "How a tenant writes times, where a submission does not say it" },
);
const NewTimes = Type.Object(
  { dates: Type.Optional(Dates), time_zone: Type.Optional(TimeZone) },
  { title: "NewTimeSettings", additionalProperties: false, description: "What is left out is not known" },
);

export function addTimeSettingsRoutes(server: FastifyInstance, deps: { readonly ledger: TenantLedger }): void {
  const { ledger } = deps;

  server.withTypeProvider<TypeBoxTypeProvider>().get(
    "/api/v1/submission/times",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "getTimeSettings",
        summary: "How times of visits are read",
        description: "The tenant's own choice, for submissions that do not say it.",
        tags: ["jobs"],
        response: answers({ 200: Times }),
      },
    },
    async ({ caller }) => timesView(await ledger.readTenantTimes(caller.tenant)),
  );

  server.register((withBodies, _options, done) => {
    readJsonBodies(withBodies);
    withBodies.withTypeProvider<TypeBoxTypeProvider>().put(
      "/api/v1/submission/times",
      {
        config: { access: "truth:manage" },
        schema: {
          operationId: "putTimeSettings",
          summary: "Set how times of visits are read",
          description: "For submissions from now on that do not say it themselves. What is left out is not known.",
          tags: ["jobs"],
          body: NewTimes,
          response: answers({ 200: Times }, "invalid_body", "body_too_large", "unsupported_media_type"),
        },
      },
      async ({ body, caller }) => {
        const { dates = null, time_zone: timeZone = null } = body;
        if (timeZone !== null && !isTimeZone(timeZone)) {
          const detail = `time_zone must be a name of the IANA time zone database as Asia/Kolkata, got ${JSON.stringify(timeZone)}`;
          throw new ApiError("invalid_body", detail, {
            problems: [{ pointer: "/time_zone", code: "unknown", detail }],
            total: 1,
          });
        }
        await ledger.putTenantTimes(caller.tenant, { dates, timeZone });
        return timesView({ dates, timeZone });
      },
    );
    done();
  });
}

const timesView = ({ dates, timeZone }: TenantTimes): Static<typeof Times> => ({ dates, time_zone: timeZone });
