/**
 * The API's own description, as tests walk it: what they find there they try, so that a new route is tried as well. What is named is put where it is
 * used, and what may go wrong anywhere stands at each of its statuses.
 */

export type Schema = Readonly<Record<string, unknown>>;
export type Parameter = {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: Schema;
  readonly example?: unknown;
};
export type Operation = {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>;
  };
  readonly responses: Record<string, Answer>;
};
type Answer = {
  readonly description?: string;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
};
export type ApiDocument = {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  /** By event. */
  readonly webhooks?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};
export type Named = {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
};

export async function readApiDocument(service: { readonly address: string }): Promise<ApiDocument> {
  const written = await readWrittenDocument(service);
  const document = withoutReferences(written, written) as ApiDocument;
  for (const { operation } of operationsOf(document)) expandDefault(operation.responses);
  return document;
}

/** As it is sent: with references to what is named. */
export async function readWrittenDocument(service: { readonly address: string }): Promise<Schema> {
  const response = await fetch(`${service.address}/openapi.json`);
  return (await response.json()) as Schema;
}

function withoutReferences(value: unknown, document: Schema): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutReferences(one, document));
  if (typeof value !== "object" || value === null) return value;
  const { $ref, ...own } = value as Schema;
  const entries = Object.entries(own).map(([name, inner]) => [name, withoutReferences(inner, document)]);
  if (typeof $ref !== "string") return inOnePiece(Object.fromEntries(entries));
  return { ...(withoutReferences(named($ref, document), document) as Schema), ...Object.fromEntries(entries) };
}

/** A schema that adds to another as one object, and one that may be null as one of two. */
function inOnePiece({ allOf, type, ...schema }: Schema): Schema {
  if (Array.isArray(type)) {
    const values = Array.isArray(schema.enum) ? { enum: schema.enum.filter((value) => value !== null) } : {};
    return { anyOf: [{ ...schema, ...values, type: type[0] }, { type: "null" }] };
  }
  if (!Array.isArray(allOf)) return type === undefined ? schema : { type, ...schema };
  const parts = allOf as readonly Schema[];
  return {
    type: "object",
    ...schema,
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
    required: parts.flatMap(({ required }) => (Array.isArray(required) ? required : [])),
  };
}

function named($ref: string, document: Schema): unknown {
  const at = $ref.split("/").slice(1);
  const found = at.reduce<unknown>((inner, name) => (inner as Schema | undefined)?.[name], document);
  if (found === undefined) throw new Error(`${$ref} is nowhere in the document`);
  return found;
}

/** Its description names its statuses. */
function expandDefault(responses: Record<string, Answer>): void {
  const { default: anywhere } = responses;
  if (anywhere === undefined) return;
  delete responses.default;
  for (const [status] of anywhere.description?.matchAll(/\b[45]\d\d\b/g) ?? []) responses[status] ??= anywhere;
}

export function operationsOf(document: ApiDocument): Named[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
}
