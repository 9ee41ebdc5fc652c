/** Lists in pages: a cursor names the last element seen, so that a page costs the same wherever it is and nothing is seen twice. */
import { type Static, type TSchema, Type } from "typebox";
import { Value } from "typebox/value";
import { ApiError } from "../problems/api-error.ts";

export const pageParameters = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 200, default: 50, description: "Elements a page, 50 if not given" }),
  ),
  cursor: Type.Optional(
    Type.String({ maxLength: 500, description: "next_cursor of the page before; opaque, for the same filters" }),
  ),
};

export function pageOf<T extends TSchema>(element: T, description: string) {
  return Type.Object(
    {
      data: Type.Array(element),
      next_cursor: Type.Union([Type.String(), Type.Null()], { description: "Null on the last page" }),
      has_more: Type.Boolean(),
    },
    { title: `${nameOf(element)}Page`, description },
  );
}

/** A list whose every element is in one answer. */
export function listOf<T extends TSchema>(element: T, description: string) {
  return Type.Object({ data: Type.Array(element) }, { title: `${nameOf(element)}List`, description });
}

function nameOf(element: TSchema): string {
  if ("title" in element && typeof element.title === "string") return element.title;
  throw new Error("what stands in a list must have a name");
}

export const limitOf = ({ limit }: { readonly limit?: number }): number => limit ?? 50;

/** The cursor's content; null for the first page. */
export function cursorOf<T extends TSchema>(schema: T, cursor: string | undefined): Static<T> | null {
  if (cursor === undefined) return null;
  const content = decoded(cursor);
  if (Value.Check(schema, content)) return content;
  throw new ApiError("invalid_parameter", "cursor must be the next_cursor of the page before, as it was given", {
    problems: [{ pointer: "/query/cursor", code: "malformed", detail: "is not a cursor of this list" }],
  });
}

export function page<T>(data: readonly T[], next: unknown) {
  return { data: [...data], next_cursor: next === null ? null : encoded(next), has_more: next !== null };
}

function encoded(content: unknown): string {
  return Buffer.from(JSON.stringify(content)).toString("base64url");
}

function decoded(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    return undefined;
  }
}
