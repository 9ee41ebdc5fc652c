/**
 * The reference of the API for people: the OpenAPI document as one page of HTML, without a script, so that it reads with any reader, prints, and is
 * found by the browser's own search. Everything from the document is escaped.
 */
import { createHash } from "node:crypto";
import { escaped } from "../../reports/escaped.ts";
import { isPart, type Part } from "./named-parts.ts";
import { REFERENCE_STYLE } from "./reference-style.ts";

/** For the header: the page may use its own style and nothing else. */
export const REFERENCE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(REFERENCE_STYLE).digest("base64")}'`,
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

type Operation = { readonly name: string; readonly method: string; readonly path: string; readonly operation: Part };

const parts = (value: unknown): readonly Part[] => (Array.isArray(value) ? value.filter(isPart) : []);
const members = (value: unknown): readonly (readonly [string, Part])[] =>
  Object.entries(isPart(value) ? value : {}).flatMap(([name, part]) => (isPart(part) ? [[name, part] as const] : []));

export function referencePage(document: Part): string {
  const info = isPart(document.info) ? document.info : {};
  const components = isPart(document.components) ? document.components : {};
  const operations = [...operationsIn(document.paths), ...operationsIn(document.webhooks)];
  const tags = parts(document.tags).map((tag) => ({
    name: text(tag.name),
    about: text(tag.description),
    of: operations.filter(({ operation }) => Array.isArray(operation.tags) && operation.tags.includes(tag.name)),
  }));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Storewalk: the API</title>
<link rel="icon" href="/icon.svg"><style>${REFERENCE_STYLE}</style></head><body>
<header><h1>${escaped(text(info.title))}: the API</h1><p>${prose(info.description)} Version ${escaped(text(info.version))}.
<a href="/">Dashboard</a> · <a href="/openapi.json">OpenAPI document</a></p></header>
<nav aria-label="Operations and schemas" tabindex="0">
${tags.map(({ name, of }) => `<h2>${escaped(name)}</h2><ul>${of.map(operationLink).join("")}</ul>`).join("\n")}
<h2>schemas</h2><ul>${members(components.schemas)
    .map(([name]) => `<li>${schemaLink(name)}</li>`)
    .join("")}</ul>
</nav>
<main>
<section><h2 id="keys-and-errors">Keys and errors</h2>
<p>A key goes into a header of each request: <code>Authorization: Bearer swk_live_…</code> or <code>X-API-Key: swk_live_…</code>. What is wrong is told as
${schemaLink("Problem")} (RFC 9457); each operation names its own codes, and these are possible at all of them: ${prose(placed({ $ref: "#/components/responses/Problem" }, components).description)}</p></section>
${tags.map(({ name, about, of }) => `<section><h2 id="tag-${escaped(name)}">${escaped(capital(name))}</h2><p>${prose(about)}.</p>${of.map((one) => article(one, components)).join("\n")}</section>`).join("\n")}
<section><h2 id="schemas">Schemas</h2>
${members(components.schemas)
  .map(
    ([name, schema]) =>
      `<article id="schema-${escaped(name)}"><h3>${escaped(name)}</h3>${schemaText(schema)}</article>`,
  )
  .join("\n")}
</section></main></body></html>
`;
}

function operationsIn(paths: unknown): readonly Operation[] {
  return members(paths).flatMap(([path, methods]) =>
    members(methods).map(([method, operation]) => ({
      name: text(operation.operationId),
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
}

const operationLink = ({ name, operation }: Operation) =>
  `<li><a href="#${escaped(name)}">${prose(operation.summary)}</a></li>`;
const schemaLink = (name: string) => `<a href="#schema-${escaped(name)}">${escaped(name)}</a>`;

function article({ name, method, path, operation }: Operation, components: Part): string {
  const scopes = new Set(parts(operation.security).flatMap((one) => Object.values(one).flat()));
  const needs =
    scopes.size > 0
      ? `Needs <code>${[...scopes].map((scope) => escaped(String(scope))).join(", ")}</code>.`
      : "Needs no key.";
  const body = isPart(operation.requestBody) ? members(placed(operation.requestBody, components).content) : [];
  const ofWebhook = path.startsWith("/") ? "" : "<b>webhook</b> ";
  return `<article id="${escaped(name)}"><h3>${prose(operation.summary)}</h3>
<p class="path">${ofWebhook}<b>${method}</b> ${escaped(path)} <small>${escaped(name)}</small></p>
<p>${prose(operation.description)} ${ofWebhook === "" ? needs : ""}</p>
${list(
  "Parameters",
  parts(operation.parameters).map((one) => parameter(placed(one, components))),
)}
${list(
  "Body",
  body.map(([type, media]) => [`<code>${escaped(type)}</code> ${typeOf(media.schema)}`, example(media.example)]),
)}
${list(
  "Answers",
  members(operation.responses).map(([status, answer]) => answerText(status, answer, components)),
)}
</article>`;
}

/** Where it stands, or where it is named. */
function placed(part: Part, components: Part): Part {
  if (typeof part.$ref !== "string") return part;
  const [name, place = ""] = part.$ref.split("/").reverse();
  return members(components[place]).find(([known]) => known === name)?.[1] ?? {};
}

function parameter({ name, in: place, required, description, schema, example: one }: Part): readonly [string, string] {
  const must = required === true ? ", required" : "";
  const shown = one === undefined ? "" : ` For example <code>${escaped(String(one))}</code>.`;
  return [
    `<code>${escaped(text(name))}</code> <small>${escaped(text(place))}${must}</small> ${typeOf(schema)}`,
    `${sentence(description)}${shown}`,
  ];
}

function answerText(status: string, answer: Part, components: Part): readonly [string, string] {
  const { description, content } = placed(answer, components);
  const schemas = members(content).map(([type, { schema }]) => `<small>${escaped(type)}</small> ${typeOf(schema)}`);
  const told = status === "default" ? "What may go wrong at any operation." : sentence(description);
  return [`<b>${escaped(status)}</b> ${[...new Set(schemas)].join(", ")}`, told];
}

function schemaText(schema: Part): string {
  const [base, more] = parts(schema.allOf);
  if (base && more) return `<p>${sentence(schema.description)} All of ${typeOf(base)}, and:</p>${schemaText(more)}`;
  const required = Array.isArray(schema.required) ? schema.required : [];
  const properties = members(schema.properties).map(([name, property]): readonly [string, string] => [
    `<code>${escaped(name)}</code> ${typeOf(property)}${required.includes(name) ? "" : " <small>may be left out</small>"}`,
    sentence(property.description),
  ]);
  const examples = Array.isArray(schema.examples) ? schema.examples.map(example).join("") : "";
  return `<p>${sentence(schema.description)}</p>${properties.length > 0 ? list("", properties) : `<p>${typeOf(schema)}</p>`}${examples}`;
}

/** The schema without its other types. */
function oneTypeOf({ enum: values, ...schema }: Part, type: unknown): Part {
  if (type === "null") return { type };
  return { ...schema, type, ...(Array.isArray(values) ? { enum: values.filter((value) => value !== null) } : {}) };
}

/** A schema in a few words, with links to those that have a name. */
function typeOf(schema: unknown): string {
  if (!isPart(schema)) return "";
  if (typeof schema.$ref === "string") return schemaLink(lastOf(schema.$ref));
  if (Array.isArray(schema.anyOf)) return [...new Set(schema.anyOf.map(typeOf))].join(" or ");
  if (Array.isArray(schema.type))
    return [...new Set(schema.type.map((type) => typeOf(oneTypeOf(schema, type))))].join(" or ");
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => `<code>${escaped(String(value))}</code>`).join(" ");
  if (schema.const !== undefined) return `<code>${escaped(String(schema.const))}</code>`;
  if (schema.type === "array") return `list of ${typeOf(schema.items) || "values"}`;
  if (schema.type === "object" && isPart(schema.properties)) {
    return `{ ${members(schema.properties)
      .map(([name, property]) => `${escaped(name)}: ${typeOf(property)}`)
      .join(", ")} }`;
  }
  const bounds = [
    ["minimum", "from"],
    ["maximum", "to"],
    ["maxLength", "at most, characters:"],
    ["format", ""],
  ] as const;
  const words = bounds.flatMap(([key, word]) =>
    schema[key] === undefined ? [] : [`${word} ${String(schema[key])}`.trim()],
  );
  const usual = schema.default === undefined ? [] : [`usually ${String(schema.default)}`];
  return escaped([text(schema.type), ...words, ...usual].join(" "));
}

function example(value: unknown): string {
  if (value === undefined) return "";
  const shown = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return `<pre><code>${shown.trim().split("\n").map(escaped).join("\n")}</code></pre>`;
}

function list(title: string, entries: readonly (readonly [string, string])[]): string {
  if (entries.length === 0) return "";
  const head = title === "" ? "" : `<h4>${title}</h4>`;
  const items = entries.map(([term, about]) => `<li>${term}${about === "" ? "" : `<div>${about}</div>`}</li>`);
  return `${head}<ul>${items.join("")}</ul>`;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const lastOf = (reference: string): string => reference.split("/").at(-1) ?? "";
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const sentence = (value: unknown): string => (text(value) === "" ? "" : `${prose(value).replace(/\.$/, "")}.`);

/** With its code in backticks. */
function prose(value: unknown): string {
  return escaped(text(value)).replace(/`([^`]+)`/g, "<code>$1</code>");
}
