/** Judges values by schemas of the API's document, as strangers do that read it. Tests only. */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import type { Schema } from "./api-document.ts";

/** What is not as a schema says; null when all is. What judges by a schema is made once, however often the schema stands in the document. */
export type SchemaJudge = (schema: Schema, value: unknown) => string | null;

export function createSchemaJudge(): SchemaJudge {
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  const byText = new Map<string, ValidateFunction>();
  const known = new WeakMap<Schema, ValidateFunction>();

  function validator(schema: Schema): ValidateFunction {
    const found = known.get(schema);
    if (found) return found;
    const text = JSON.stringify(schema);
    const made = byText.get(text) ?? ajv.compile(schema);
    byText.set(text, made);
    known.set(schema, made);
    return made;
  }

  return (schema, value) => {
    const validate = validator(schema);
    return validate(value) ? null : ajv.errorsText(validate.errors);
  };
}
