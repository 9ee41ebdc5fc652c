/** A submission as the document shows it. The intake reads the body itself, as a stream, and says what is wrong with it. */
import { Type } from "typebox";

const Visit = Type.Object({
  store_id: Type.String({ minLength: 1, maxLength: 128 }),
  image_url: Type.Array(Type.String({ minLength: 1, maxLength: 8_192 }), { minItems: 1 }),
  visit_time: Type.String({
    minLength: 1,
    maxLength: 128,
    description: "RFC 3339 or a date gives the visit its date; other text is kept",
  }),
});

const Submission = Type.Object({
  count: Type.Integer({ minimum: 1, description: "The number of visits" }),
  visits: Type.Array(Visit, { minItems: 1 }),
});

export const submissionBody = {
  content: {
    "application/json": { schema: Submission },
    "application/x-ndjson": { schema: Type.String({ description: "One visit a line" }) },
    "text/csv": {
      schema: Type.String({ description: "The columns store_id, image_url, visit_time in any order, one image a row" }),
    },
  },
};

/** For a part of a request that its route reads itself: the schema is there for the document. */
export const readByRoute = () => () => true;
