/** `/api/v1/stores/import`: a store master as CSV, brought in or only compared. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import type { StoreRecord } from "../../domain/store.ts";
import { IMPORT_MODES, type StoreChange } from "../../domain/store-changes.ts";
import type { StoreLedger } from "../../ledger/port/store-ledger.ts";
import type { TenantLedger } from "../../ledger/port/tenant-ledger.ts";
import { compareStoreMaster, importStoreMaster, type StoreDiff, type StoreImport } from "../../stores/import-stores.ts";
import { readChosenColumns } from "../../table/chosen-columns.ts";
import { type ChosenColumns, NO_CHOICE } from "../../table/column-names.ts";
import { ApiError } from "../problems/api-error.ts";
import { OrNull, TableColumn } from "../schemas.ts";
import type { SubmissionBodies } from "../submission/submission-body.ts";
import { XLSX_TYPE } from "../submission/submission-format.ts";
import { answers } from "./documented.ts";
import { ChosenColumnsText, readByRoute } from "./submission-schema.ts";
import { todayOf } from "./today.ts";

const MOST_WARNINGS = 100;
const MOST_COLUMNS = 1_000;

const Count = Type.Integer({ minimum: 0 });
const Text = OrNull(Type.String(), "Null where nobody said");
const StoreMaster = Type.Object(
  {
    store_id: Type.String(),
    store_name: Type.String(),
    area: Type.String(),
    route: Text,
    type: Text,
    opened: Text,
    closed: OrNull(Type.String(), "From this day on it is no more; null for an open store"),
    latitude: OrNull(Type.Number(), "Null where nobody said"),
    longitude: OrNull(Type.Number(), "Null where nobody said"),
  },
  { title: "StoreMasterEntry" },
);
const LineProblem = Type.Object({ line: Type.Integer(), detail: Type.String() }, { title: "LineProblem" });
const Import = Type.Object(
  {
    imported: Type.Boolean({ description: "false for a dry run" }),
    added: Count,
    changed: Count,
    closed: { ...Count, description: "Of a replacement: those that the file lacks, too" },
    reopened: Count,
    unchanged: Count,
    version: OrNull(
      Type.Integer({ minimum: 1 }),
      "The store master's from then on; null for a dry run, and where there never was one",
    ),
    columns: Type.Optional(Type.Array(TableColumn, { description: "Of the file, of a dry run" })),
    warnings: Type.Array(LineProblem, { description: "What a person should look at, the first hundred" }),
    changes: Type.Optional(
      Type.Array(
        Type.Object(
          {
            kind: Type.Enum(["added", "changed", "closed", "reopened"]),
            store: StoreMaster,
            before: OrNull(StoreMaster, "Null for a new store"),
          },
          { title: "StoreChange" },
        ),
        { description: "The first hundred, of a dry run" },
      ),
    ),
  },
  { title: "StoreImport", description: "What an import did, or would do" },
);
const ImportQuery = Type.Object(
  {
    dry_run: Type.Optional(Type.Boolean({ description: "true: compares and changes nothing" })),
    mode: Type.Optional(
      Type.Enum([...IMPORT_MODES], {
        default: "merge",
        description: "replace: the file is the whole store master, and stores that it lacks are closed as of today",
      }),
    ),
    columns: Type.Optional(ChosenColumnsText),
  },
  { additionalProperties: false },
);

export function addStoresImportRoute(
  server: FastifyInstance,
  deps: {
    readonly ledger: Pick<StoreLedger, "readStoreRecords" | "importStores"> & Pick<TenantLedger, "readTenantTimes">;
    readonly bodies: Pick<SubmissionBodies, "onTableRequest" | "openTable">;
    readonly now: () => number;
  },
): void {
  const { ledger } = deps;
  const app = server.withTypeProvider<TypeBoxTypeProvider>();

  app.post(
    "/api/v1/stores/import",
    {
      onRequest: deps.bodies.onTableRequest,
      validatorCompiler: (route) =>
        route.httpPart === "body" ? readByRoute() : (app.validatorCompiler?.(route) ?? readByRoute()),
      config: { access: "stores:write" },
      schema: {
        operationId: "importStores",
        summary: "Import a store master",
        description:
          "CSV or XLSX with the columns store_id, store_name and area_code, in any usual spelling. All of it or nothing. Optional columns: route, type, opened, closed, latitude, longitude.",
        tags: ["stores"],
        querystring: ImportQuery,
        body: {
          content: {
            "text/csv": { schema: Type.String() },
            [XLSX_TYPE]: { schema: Type.String({ format: "binary", description: "The first sheet" }) },
          },
        },
        response: answers(
          { 200: Import },
          "invalid_store_master",
          "request_broken_off",
          "body_too_large",
          "unsupported_media_type",
          "draining",
        ),
      },
    },
    async (request, reply) => {
      const { dry_run: isDryRun = false, columns, mode = "merge" } = request.query;
      const chosen = columns === undefined ? NO_CHOICE : chosenColumns(columns);
      const { tenant, keyId: by } = request.caller;
      const options = { mode, chosen, by, today: await todayOf(ledger, tenant, deps.now()) };
      const bytes = deps.bodies.openTable(request, reply);
      return isDryRun
        ? importView(await compareStoreMaster({ ledger }, bytes, options), false)
        : importView(await importStoreMaster({ ledger }, bytes, options), true);
    },
  );
}

function chosenColumns(text: string): ChosenColumns {
  const { chosen, fault } = readChosenColumns(text);
  if (fault === null) return chosen;
  const detail = `columns ${fault}`;
  throw new ApiError("invalid_parameter", detail, {
    problems: [{ pointer: "/query/columns", code: "malformed", detail }],
    total: 1,
  });
}

function importView(report: StoreImport | StoreDiff, imported: boolean): Static<typeof Import> {
  if (report.kind === "refused") {
    const problems = report.problems.map(({ line, code, detail }) => ({ pointer: `line ${line}`, code, detail }));
    const [first] = problems;
    const more = report.total > 1 ? ` (and ${report.total - 1} more)` : "";
    throw new ApiError("invalid_store_master", `${first?.pointer}: ${first?.detail}${more}`, {
      problems,
      total: report.total,
      columns: report.columns.slice(0, MOST_COLUMNS),
    });
  }
  const { added, changed, closed, reopened, unchanged, warnings } = report;
  return {
    imported,
    added,
    changed,
    closed,
    reopened,
    unchanged,
    version: "version" in report ? report.version : null,
    warnings: warnings.slice(0, MOST_WARNINGS),
    ...("changes" in report
      ? { columns: report.columns.slice(0, MOST_COLUMNS), changes: report.changes.flatMap(changeView) }
      : {}),
  };
}

/** An import takes no store away. */
function changeView({ kind, before, after }: StoreChange) {
  if (kind === "removed" || !after) return [];
  return [{ kind, store: storeMasterView(after), before: before && storeMasterView(before) }];
}

const storeMasterView = ({ id, name, area, ...details }: StoreRecord): Static<typeof StoreMaster> => ({
  store_id: id,
  store_name: name,
  area,
  ...details,
});
