/** What the query of a submission may say of the job that it makes, wherever its images come from. */
import { Type } from "typebox";
import { INTEGRITY_LEVELS } from "../../domain/image.ts";
import { ExternalId, InspectionLevel, Priority } from "./job-schema.ts";
import { readingOptions } from "./submission-schema.ts";
import { ThresholdFields } from "./truth-schema.ts";

export const SubmissionOptions = Type.Object(
  {
    integrity: Type.Optional(
      Type.Enum([...INTEGRITY_LEVELS], {
        description: "How much of an image must be proven before it counts as measured",
      }),
    ),
    inspect: Type.Optional({
      ...InspectionLevel,
      description: "How far photos are inspected for re-use, quality, time and place; flags never fail an image",
    }),
    ...Type.Partial(ThresholdFields).properties,
    priority: Type.Optional(Priority),
    external_id: Type.Optional(ExternalId),
    metadata: Type.Optional(
      Type.String({
        maxLength: 16_384,
        description: "The client's own facts, a JSON object of texts: at most 16 keys",
      }),
    ),
    callback_url: Type.Optional(
      Type.String({ maxLength: 2_048, description: "Told of the job's end, signed with STOREWALK_CALLBACK_SECRET" }),
    ),
    ...readingOptions,
    dry_run: Type.Optional(
      Type.Boolean({ description: "true: answers 200 with what would become of the submission; nothing is kept" }),
    ),
  },
  { additionalProperties: false },
);

const { columns: _, ...ofAnySource } = SubmissionOptions.properties;
/** Of a submission that is no table. */
export const OptionsWithoutColumns = Type.Object(ofAnySource, { additionalProperties: false });
