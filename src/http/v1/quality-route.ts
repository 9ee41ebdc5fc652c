/** `/api/v1/jobs/{id}/quality`: how the figures of a job's photos are spread, to choose thresholds by. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { FIGURES } from "../../domain/findings.ts";
import { THRESHOLD_NAMES, type TruthRules } from "../../domain/truth-rules.ts";
import type { JobReader } from "../../ledger/port/job-reader.ts";
import type { ReviewLedger } from "../../ledger/port/review-ledger.ts";
import { readQualitySpread } from "../../reports/quality-spread.ts";
import { OrNull } from "../schemas.ts";
import { answers } from "./documented.ts";
import { JobPath } from "./job-schema.ts";
import { createReadKnownJob } from "./known-job.ts";
import { listAnswer, sendSheets, sheetOf, tableParameters } from "./list-table.ts";
import { Count, Flag } from "./truth-schema.ts";

const MOST_CAUSES = 5;

/** A line of the file. */
const Bin = Type.Object({
  figure: Type.String(),
  flag: Type.String(),
  flagged_when: Type.String(),
  threshold: Type.Number(),
  from: Type.Number(),
  to: Type.Number(),
  images: Count,
});

const Quality = Type.Object(
  {
    images: Count,
    looked_at: Type.Integer({
      minimum: 0,
      description: "Inspected images that were looked at: all of a small job, 20,000 spread over a large one",
    }),
    not_inspected: Type.Object(
      {
        images: Type.Integer({ minimum: 0, description: "Beside those that were looked at" }),
        causes: Type.Array(Type.Object({ why: Type.String(), images: Count }), {
          description: "The most frequent first, at most 5",
        }),
      },
      { description: "Photos whose inspection, or a part of it, was not possible" },
    ),
    figures: Type.Array(
      Type.Object({
        figure: Type.Enum([...FIGURES]),
        flag: Flag,
        option: Type.Enum([...THRESHOLD_NAMES]),
        flagged_when: Type.Enum(["below", "above"]),
        threshold: Type.Number(),
        least: OrNull(Type.Number(), "Null where no image has the figure"),
        most: OrNull(Type.Number(), "Null where no image has the figure"),
        images: Count,
        flagged: Type.Integer({ minimum: 0, description: "On the flagged side of the threshold" }),
        bins: Type.Array(Type.Object({ from: Type.Number(), to: Type.Number(), images: Count }), {
          description: "Equal steps from the least to the most",
        }),
      }),
    ),
  },
  { title: "Quality", description: "How the figures of a job's photos are spread" },
);

export function addQualityRoute(
  server: FastifyInstance,
  deps: {
    readonly ledger: Pick<JobReader, "readJob"> & Pick<ReviewLedger, "readFigures">;
    readonly usualTruth: TruthRules;
  },
): void {
  const { ledger } = deps;
  const readKnownJob = createReadKnownJob(ledger.readJob);
  server.withTypeProvider<TypeBoxTypeProvider>().get(
    "/api/v1/jobs/:id/quality",
    {
      config: { access: "jobs:read" },
      schema: {
        operationId: "getQuality",
        summary: "How the figures of a job's photos are spread",
        description: "With the job's own thresholds, to choose those of the next one by.",
        tags: ["truth"],
        params: JobPath,
        querystring: Type.Object(
          {
            ...tableParameters,
            format: Type.Optional({
              ...tableParameters.format,
              description: "csv, xlsx: a line for each figure and step",
            }),
          },
          { additionalProperties: false },
        ),
        response: answers({ 200: listAnswer(Quality) }, "job_not_found"),
      },
    },
    async (request, reply) => {
      const { id: jobId } = request.params;
      request.jobId = jobId;
      const { images, rules } = await readKnownJob(jobId);
      const { thresholds } = rules ?? deps.usualTruth;
      const { lookedAt, notInspected, figures } = await readQualitySpread(ledger, { jobId, images, thresholds });
      const { format = "json" } = request.query;
      if (format !== "json") {
        const name = `job-${jobId}-figures`;
        const rows = figures.map(({ figure, flag, flaggedWhen, threshold, bins }) =>
          bins.map((bin) => ({ figure, flag, flagged_when: flaggedWhen, threshold, ...bin })),
        );
        return sendSheets({ request, reply, name, format }, [sheetOf(name, Bin, rows)]);
      }
      return {
        images,
        looked_at: lookedAt,
        not_inspected: {
          images: notInspected.reduce((sum, cause) => sum + cause.images, 0),
          causes: notInspected.slice(0, MOST_CAUSES),
        },
        figures: figures.map(({ flaggedWhen, bins, ...spread }) => ({
          ...spread,
          flagged_when: flaggedWhen,
          bins: [...bins],
        })),
      };
    },
  );
}
