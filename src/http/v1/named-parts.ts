/**
 * Gives the parts of the OpenAPI document that have a name their one place: a schema with a `title`, an answer with an `x-name`. Wherever such
 * a part is used there is a reference to it. Two different parts of one name are a fault of ours, and never pass.
 */
import { isDeepStrictEqual } from "node:util";

export type Part = Readonly<Record<string, unknown>>;
type Reference = { $ref: string; description?: string; default?: unknown };
type Component = { readonly bare: Part; readonly uses: { reference: Reference; description: string | undefined }[] };

/** Hold further schemas by their names. */
const MAPS = new Set(["properties", "patternProperties"]);
/** Words of ours: for sentences about a value, and the name of an answer. */
const OURS = new Set(["x-wanted", "x-name", "x-secret"]);

export function createNamedParts() {
  const schemas = new Map<string, Component>();
  const responses = new Map<string, Part>();

  /** A schema as the document has it. */
  function schemaOf(schema: object): Part {
    const { title, ...given }: Part = Object.fromEntries(Object.entries(schema));
    const kept = Object.entries(given).filter(([name]) => !OURS.has(name));
    const shown: Part = Object.fromEntries(kept.map(([name, value]) => [name, memberOf(name, value)]));
    const typed =
      Array.isArray(shown.enum) && shown.type === undefined ? { type: typeof shown.enum[0], ...shown } : shown;
    return typeof title === "string" ? referenceTo(title, typed) : typed;
  }

  function memberOf(name: string, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one) => (isPart(one) ? schemaOf(one) : one));
    if (!isPart(value) || name === "default") return value;
    if (!MAPS.has(name)) return schemaOf(value);
    const entries = Object.entries(value).map(([key, inner]) => [key, isPart(inner) ? schemaOf(inner) : inner]);
    return Object.fromEntries(entries);
  }

  function referenceTo(name: string, { description, default: usual, ...bare }: Part): Part {
    const known = schemas.get(name) ?? { bare, uses: [] };
    if (!isDeepStrictEqual(known.bare, bare)) throw new Error(`two different schemas are named ${name}`);
    schemas.set(name, known);
    const reference: Reference = { $ref: `#/components/schemas/${name}` };
    if (usual !== undefined) reference.default = usual;
    known.uses.push({ reference, description: typeof description === "string" ? description : undefined });
    return reference;
  }

  /** An answer as the document has it: in its place, or where it is named. */
  function responseOf(response: Part, name: string | undefined): Part {
    if (name === undefined) return response;
    const known = responses.get(name) ?? response;
    if (!isDeepStrictEqual(known, response)) throw new Error(`two different answers are named ${name}`);
    responses.set(name, known);
    return { $ref: `#/components/responses/${name}` };
  }

  /** All that was named; to be asked last. A use says of a schema only what the schema does not say itself. */
  function components() {
    const described = [...schemas].map(([name, { bare, uses }]): [string, Part] => {
      const description = mostFrequent(uses.map((use) => use.description));
      for (const use of uses) {
        if (use.description !== undefined && use.description !== description)
          use.reference.description = use.description;
      }
      return [name, description === undefined ? bare : { description, ...bare }];
    });
    return { schemas: sorted(described), responses: sorted([...responses]) };
  }

  return { schemaOf, responseOf, components };
}

export function isPart(value: unknown): value is Part {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Nothing where several are as frequent. */
function mostFrequent(given: readonly (string | undefined)[]): string | undefined {
  const counts = [...Map.groupBy(given, (one) => one)].map(([one, uses]) => ({ one, times: uses.length }));
  const most = Math.max(...counts.map(({ times }) => times));
  const first = counts.filter(({ times }) => times === most);
  return first.length === 1 ? first[0]?.one : undefined;
}

function sorted(entries: readonly (readonly [string, Part])[]): Part {
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
