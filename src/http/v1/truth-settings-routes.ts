/** `/api/v1/truth/settings`: what a tenant's photos are judged by. Jobs keep what held when they were submitted. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import { type ReuseRule, type TruthSettings, WEIGHTS } from "../../domain/truth-rules.ts";
import type { ReviewLedger, StoredSettings } from "../../ledger/port/review-ledger.ts";
import { Instant, OrNull } from "../schemas.ts";
import { answers } from "./documented.ts";
import { instant } from "./job-schema.ts";
import { readJsonBodies } from "./json-body.ts";
import { ThresholdFields } from "./truth-schema.ts";

const Rule = Type.Object(
  {
    weight: Type.Enum([...WEIGHTS, "off"], { description: "off: not flagged" }),
    least_score: Type.Number({
      minimum: 0.8,
      maximum: 1,
      description: "A likeness below is no re-use; equal bytes are",
    }),
  },
  { title: "ReuseRule", additionalProperties: false },
);
const Reuse = Type.Object(
  {
    other_store: { ...Rule, description: "The earlier photo was of another store" },
    other_day: { ...Rule, description: "Of the same store on another day" },
    same_day: { ...Rule, description: "Of another visit to the same store, on the same day" },
    same_visit: { ...Rule, description: "Of the same visit: sent twice" },
  },
  { title: "ReuseRules", additionalProperties: false },
);
const { time_tolerance_h, place_tolerance_m, ...qualityFields } = ThresholdFields.properties;
const Quality = Type.Object(qualityFields, { title: "QualityThresholds", additionalProperties: false });
const AgentKey = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: "^[^\\u0000-\\u001f\\ud800-\\udfff]*$",
  description: "The member of a visit's metadata that names the field agent",
  "x-wanted": "text of 1 to 64 characters",
});

/** What was read can be changed and sent back: by whom and when is not the caller's to say. */
const IGNORED = Type.Optional(Type.Unknown({ description: "Ignored" }));

const Settings = Type.Object(
  {
    reuse: Reuse,
    quality: Quality,
    time_tolerance_h,
    place_tolerance_m,
    agent_key: AgentKey,
    changed_by: OrNull(Type.String(), "The key that set them last; null where none did"),
    changed_at: OrNull(Instant, "Null for those that nobody set"),
  },
  { title: "TruthSettings", description: "What a tenant's photos are judged by" },
);
const NewSettings = Type.Object(
  {
    reuse: Type.Optional(Type.Partial(Reuse, { additionalProperties: false })),
    quality: Type.Optional(Type.Partial(Quality, { additionalProperties: false })),
    time_tolerance_h: Type.Optional(time_tolerance_h),
    place_tolerance_m: Type.Optional(place_tolerance_m),
    agent_key: Type.Optional(AgentKey),
    changed_by: IGNORED,
    changed_at: IGNORED,
  },
  { title: "NewTruthSettings", additionalProperties: false, description: "What is left out gets its usual value" },
);

export function addTruthSettingsRoutes(
  server: FastifyInstance,
  deps: {
    readonly ledger: Pick<ReviewLedger, "readTruthSettings" | "putTruthSettings">;
    readonly usualTruth: TruthSettings;
  },
): void {
  const { ledger, usualTruth } = deps;

  server.withTypeProvider<TypeBoxTypeProvider>().get(
    "/api/v1/truth/settings",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "getTruthSettings",
        summary: "What photos are judged by",
        description: "Of the caller's tenant: what it set, and the usual value of everything else.",
        tags: ["truth"],
        response: answers({ 200: Settings }),
      },
    },
    async ({ caller }) => {
      const stored = await ledger.readTruthSettings(caller.tenant);
      return settingsView(stored ?? { settings: usualTruth, changedBy: null, changedAt: null });
    },
  );

  server.register((withBodies, _options, done) => {
    readJsonBodies(withBodies);
    withBodies.withTypeProvider<TypeBoxTypeProvider>().put(
      "/api/v1/truth/settings",
      {
        config: { access: "truth:manage" },
        schema: {
          operationId: "putTruthSettings",
          summary: "Set what photos are judged by",
          description: "For jobs that are submitted from now on. What is left out gets its usual value.",
          tags: ["truth"],
          body: NewSettings,
          response: answers({ 200: Settings }, "invalid_body", "body_too_large", "unsupported_media_type"),
        },
      },
      async ({ body, caller }) => {
        const settings = settingsFrom(body, usualTruth);
        return settingsView(await ledger.putTruthSettings(caller.tenant, settings, caller.keyId));
      },
    );
    done();
  });
}

function settingsFrom(body: Static<typeof NewSettings>, usual: TruthSettings): TruthSettings {
  const { reuse = {}, quality, agent_key: agentKey = usual.agentKey } = body;
  const rule = (given: Static<typeof Rule> | undefined, fallback: ReuseRule): ReuseRule =>
    given ? { weight: given.weight, leastScore: given.least_score } : fallback;
  return {
    reuse: {
      other_store: rule(reuse.other_store, usual.reuse.other_store),
      other_day: rule(reuse.other_day, usual.reuse.other_day),
      same_day: rule(reuse.same_day, usual.reuse.same_day),
      same_visit: rule(reuse.same_visit, usual.reuse.same_visit),
    },
    thresholds: {
      ...usual.thresholds,
      ...quality,
      time_tolerance_h: body.time_tolerance_h ?? usual.thresholds.time_tolerance_h,
      place_tolerance_m: body.place_tolerance_m ?? usual.thresholds.place_tolerance_m,
    },
    agentKey,
  };
}

function settingsView({
  settings: { reuse, thresholds, agentKey },
  changedBy,
  changedAt,
}: Omit<StoredSettings, "changedAt"> & { readonly changedAt: number | null }): Static<typeof Settings> {
  const { time_tolerance_h: hours, place_tolerance_m: metres, ...quality } = thresholds;
  const rule = ({ weight, leastScore }: ReuseRule) => ({ weight, least_score: leastScore });
  return {
    reuse: {
      other_store: rule(reuse.other_store),
      other_day: rule(reuse.other_day),
      same_day: rule(reuse.same_day),
      same_visit: rule(reuse.same_visit),
    },
    quality,
    time_tolerance_h: hours,
    place_tolerance_m: metres,
    agent_key: agentKey,
    changed_by: changedBy,
    changed_at: changedAt === null ? null : instant(changedAt),
  };
}
