/**
 * The OpenAPI document in fewer words: it says the same, to a generator too. What stands in it twice is named once: parameters and bodies of several operations, and
 * the members of a schema that another has and adds to. What may be null is a type among others, as JSON Schema has it.
 */
import { isDeepStrictEqual } from "node:util";
import { isPart, type Part } from "./named-parts.ts";

/** Less is not worth a reference. */
const LEAST_SHARED = 100;

export function compactDocument(document: Part): Part {
  const { components, ...rest } = partOf(withNullTypes(document));
  const { paths, webhooks, ...shared } = withSharedParts({
    paths: partOf(rest.paths),
    webhooks: partOf(rest.webhooks),
  });
  const schemas = Object.entries(partOf(partOf(components).schemas));
  const extended = schemas.map(([name, schema]) => [name, extending(name, partOf(schema), schemas)]);
  return {
    ...rest,
    paths,
    webhooks,
    components: { ...partOf(components), schemas: Object.fromEntries(extended), ...shared },
  };
}

function withNullTypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNullTypes);
  if (!isPart(value)) return value;
  const part = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withNullTypes(inner)]));
  const { anyOf, ...own } = part;
  if (!Array.isArray(anyOf) || anyOf.length !== 2 || !isDeepStrictEqual(anyOf[1], { type: "null" })) return part;
  const [schema] = anyOf;
  if (!isPart(schema) || typeof schema.type !== "string" || schema.const !== undefined) return part;
  const values = Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {};
  return { ...schema, ...values, type: [schema.type, "null"], ...own };
}

type Named = readonly (readonly [name: string, schema: unknown])[];

/** The schema as all of another and what it adds to it, where it has all members of one. */
function extending(name: string, schema: Part, schemas: Named): Part {
  const { type, properties, required, ...own } = schema;
  if (type !== "object" || own.additionalProperties !== undefined) return schema;
  const [base] = schemas
    .flatMap(([other, given]) => {
      const part = partOf(given);
      return other !== name && isExtendedBy(part, schema) ? [{ name: other, part, size: sizeOf(part.properties) }] : [];
    })
    .filter(({ size }) => size > LEAST_SHARED)
    .sort((a, b) => b.size - a.size);
  if (base === undefined) return schema;
  const known = partOf(base.part.properties);
  const added = Object.entries(partOf(properties)).filter(([member]) => !(member in known));
  const needed = listOf(required).filter((member) => !listOf(base.part.required).includes(member));
  const more = {
    type,
    properties: Object.fromEntries(added),
    ...(needed.length > 0 ? { required: needed } : {}),
  };
  return { ...own, allOf: [{ $ref: `#/components/schemas/${base.name}` }, more] };
}

function isExtendedBy(base: Part, schema: Part): boolean {
  if (base.type !== "object" || base.additionalProperties !== undefined) return false;
  const [members, all] = [Object.entries(partOf(base.properties)), partOf(schema.properties)];
  return (
    members.length < Object.keys(all).length &&
    members.every(([name, member]) => isDeepStrictEqual(all[name], member)) &&
    listOf(base.required).every((name) => listOf(schema.required).includes(name))
  );
}

function withSharedParts({ paths, webhooks }: { readonly paths: Part; readonly webhooks: Part }): {
  readonly paths: Part;
  readonly webhooks: Part;
  readonly parameters: Part;
  readonly requestBodies: Part;
} {
  const operations = [...Object.values(paths), ...Object.values(webhooks)].flatMap((methods) =>
    Object.values(partOf(methods)).map(partOf),
  );
  const parameters = namesOfRepeated(
    operations.flatMap((operation) =>
      listOf(operation.parameters).map((parameter) => {
        const name = capital(String(partOf(parameter).name));
        return { part: parameter, names: [name, `${name}Of${capital(String(listOf(operation.tags)[0]))}`] };
      }),
    ),
  );
  const bodies = namesOfRepeated(
    operations
      .filter(({ requestBody }) => requestBody !== undefined)
      .map(({ requestBody, operationId }) => ({ part: requestBody, names: [`BodyOf${capital(String(operationId))}`] })),
  );
  const written = (operation: Part): Part => ({
    ...operation,
    ...(operation.parameters === undefined
      ? {}
      : { parameters: listOf(operation.parameters).map((part) => referred(part, parameters, "parameters")) }),
    ...(operation.requestBody === undefined
      ? {}
      : { requestBody: referred(operation.requestBody, bodies, "requestBodies") }),
  });
  const allWritten = (place: Part) =>
    mapped(place, (methods) => mapped(partOf(methods), (operation) => written(partOf(operation))));
  return {
    paths: allWritten(paths),
    webhooks: allWritten(webhooks),
    parameters: partsByName(parameters),
    requestBodies: partsByName(bodies),
  };
}

type Repeated = ReadonlyMap<string, string>;

/** By their text the names of parts that come more than once: the first that is free, for the most frequent first. A part without a free name stays where it is. */
function namesOfRepeated(given: readonly { readonly part: unknown; readonly names: readonly string[] }[]): Repeated {
  const uses = [...Map.groupBy(given, ({ part }) => JSON.stringify(part))].filter(([, same]) => same.length > 1);
  const names = new Map<string, string>();
  for (const [text, [first]] of uses.sort(([, a], [, b]) => b.length - a.length)) {
    const name = first?.names.find((one) => ![...names.values()].includes(one));
    if (name !== undefined) names.set(text, name);
  }
  return names;
}

function referred(part: unknown, names: Repeated, place: string): unknown {
  const name = names.get(JSON.stringify(part));
  return name === undefined ? part : { $ref: `#/components/${place}/${name}` };
}

const partsByName = (names: Repeated): Part =>
  Object.fromEntries([...names].map(([text, name]) => [name, JSON.parse(text)]).sort(([a], [b]) => (a < b ? -1 : 1)));

const partOf = (value: unknown): Part => (isPart(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const sizeOf = (value: unknown): number => JSON.stringify(value)?.length ?? 0;
const mapped = (part: Part, map: (value: unknown) => unknown): Part =>
  Object.fromEntries(Object.entries(part).map(([name, value]) => [name, map(value)]));

/** `unknown-stores` and `bom` are UnknownStores and Bom. */
const capital = (name: string): string =>
  name.replace(/(?:^|[^a-zA-Z0-9])([a-zA-Z])/g, (_, letter: string) => letter.toUpperCase());
