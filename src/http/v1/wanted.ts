/** What a schema wants, as the end of a sentence that begins with "must be". */

type Schema = Readonly<Record<string, unknown>>;

export function wantedOf(schema: Schema): string {
  const wanted = schema["x-wanted"];
  if (typeof wanted === "string") return wanted;
  if (Array.isArray(schema.enum)) return `one of ${schema.enum.join(", ")}`;
  if (Array.isArray(schema.anyOf)) return schema.anyOf.map((choice) => wantedOf(choice)).join(" or ");
  switch (schema.type) {
    case "integer":
      return `a whole number${range(schema.minimum, schema.maximum)}`;
    case "number":
      return `a number${range(schema.minimum, schema.maximum)}`;
    case "boolean":
      return "true or false";
    case "null":
      return "null";
    case "string":
      return textWanted(schema);
    case "array":
      return `a list of ${lengthOf(schema.minItems, schema.maxItems)}items`;
    default:
      return "an object";
  }
}

function textWanted({ format, minLength, maxLength }: Schema): string {
  if (format === "date") return "a date such as 2024-05-31";
  if (format === "date-time") return "an instant such as 2024-05-31T10:00:00Z";
  if (format === "uri") return "a URL";
  return minLength === undefined && maxLength === undefined
    ? "text"
    : `text of ${lengthOf(minLength, maxLength)}characters`;
}

function range(minimum: unknown, maximum: unknown): string {
  if (typeof minimum !== "number") return typeof maximum === "number" ? ` up to ${maximum}` : "";
  return typeof maximum === "number" && maximum < Number.MAX_SAFE_INTEGER
    ? ` from ${minimum} to ${maximum}`
    : ` from ${minimum}`;
}

function lengthOf(least: unknown, most: unknown): string {
  if (typeof least === "number" && typeof most === "number") return `${least} to ${most} `;
  if (typeof most === "number") return `at most ${most} `;
  return typeof least === "number" ? `at least ${least} ` : "";
}
