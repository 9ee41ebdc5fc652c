/** `/api/v1/stores/versions`: what became of the store master, import by import, and taking the last one back. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import type { StoreLedger, StoreVersion } from "../../ledger/port/store-ledger.ts";
import { ApiError } from "../problems/api-error.ts";
import { Instant, OrNull } from "../schemas.ts";
import { answers } from "./documented.ts";
import { instant } from "./job-schema.ts";
import { listAnswer, listOrTable, tableParameters } from "./list-table.ts";
import { cursorOf, limitOf, page, pageOf, pageParameters } from "./paging.ts";

const Count = Type.Integer({ minimum: 0 });
const No = Type.Integer({ minimum: 1, maximum: 2_147_483_647 });
const Version = Type.Object(
  {
    version: No,
    kind: Type.Enum(["merge", "replace", "undo"]),
    undoes: OrNull(No, "The version that it took back; null for an import"),
    by: OrNull(Type.String(), "The key that did it; null where none did"),
    at: Instant,
    added: Count,
    changed: Count,
    closed: Count,
    reopened: Count,
    removed: { ...Count, description: "Of an undo: stores that its version had added" },
    stores: { ...Count, description: "Open stores from then on" },
  },
  { title: "StoreMasterVersion", description: "What an import, or taking one back, made of the store master" },
);

export function addStoreVersionsRoutes(
  server: FastifyInstance,
  deps: { readonly ledger: Pick<StoreLedger, "listStoreVersions" | "undoStoreVersion"> },
): void {
  const { ledger } = deps;
  const app = server.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    "/api/v1/stores/versions",
    {
      config: { access: "stores:read" },
      schema: {
        operationId: "listStoreVersions",
        summary: "Versions of the store master, newest first",
        description: "Each import that changed anything made one, and so did each that was taken back.",
        tags: ["stores"],
        querystring: Type.Object({ ...pageParameters, ...tableParameters }, { additionalProperties: false }),
        response: answers({ 200: listAnswer(pageOf(Version, "A page of versions")) }),
      },
    },
    async (request, reply) =>
      await listOrTable({ request, reply, name: "store-master-versions", element: Version }, async ({ query }) => {
        const limit = limitOf(query);
        const versions = await ledger.listStoreVersions({ before: cursorOf(No, query.cursor), limit });
        return page(versions.map(versionView), versions.length < limit ? null : (versions.at(-1)?.version ?? null));
      }),
  );

  app.post(
    "/api/v1/stores/versions/:version/undo",
    {
      config: { access: "stores:write" },
      schema: {
        operationId: "undoStoreVersion",
        summary: "Take an import of the store master back",
        description: "Only the latest version, as a version of its own: taken back once more, the import holds again.",
        tags: ["stores"],
        params: Type.Object({ version: { ...No, description: "The version's number" } }),
        response: answers({ 200: Version }, "version_not_found", "version_not_latest"),
      },
    },
    async ({ params: { version }, caller }) => {
      const undone = await ledger.undoStoreVersion(version, caller.keyId);
      if (undone.kind === "unknown") {
        throw new ApiError("version_not_found", `the store master has no version ${version}`);
      }
      if (undone.kind === "not_latest") {
        const detail = `version ${version} is not the latest, which is ${undone.latest}; only that can be taken back`;
        throw new ApiError("version_not_latest", detail);
      }
      const [made] = await ledger.listStoreVersions({ before: undone.version + 1, limit: 1 });
      if (!made) throw new Error("a version that was made is there");
      return versionView(made);
    },
  );
}

function versionView({ at, ...version }: StoreVersion): Static<typeof Version> {
  return { ...version, at: instant(at) };
}
