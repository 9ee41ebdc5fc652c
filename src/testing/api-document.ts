/** The API's own description, as tests walk it: what they find there they try, so that a new route is tried as well. */

export type Schema = Readonly<Record<string, unknown>>;
export type Parameter = { readonly name: string; readonly in: "path" | "query"; readonly schema: Schema };
export type Operation = {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
};
export type ApiDocument = {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};
export type Named = {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
};

export async function readApiDocument(service: { readonly address: string }): Promise<ApiDocument> {
  const response = await fetch(`${service.address}/openapi.json`);
  return (await response.json()) as ApiDocument;
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
