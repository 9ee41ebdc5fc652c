/** The API on a real port over an embedded ledger in memory, for tests. Nothing runs the jobs: the test records what it needs. */
import type { TestContext } from "node:test";
import { createServer } from "../http/server.ts";
import { createIntake } from "../intake/submit-job.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { createLog } from "../log.ts";
import { aStore } from "./ledger-builders.ts";

export type HttpService = {
  readonly ledger: Ledger;
  readonly address: string;
  /** Sends a request and reads the answer as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
};

export type Answer = { readonly status: number; readonly headers: Headers; readonly body: Record<string, unknown> };

export async function startHttpService(
  t: TestContext,
  options: {
    readonly unknownStores?: "fail" | "reject";
    readonly maxBodyBytes?: number;
    readonly isDraining?: () => boolean;
  } = {},
): Promise<HttpService> {
  const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: Date.now });
  await ledger.importStores([
    aStore({ id: "S1", area: "A1" }),
    aStore({ id: "S2", area: "A2" }),
    aStore({ id: "S00339218", area: "A1" }),
    aStore({ id: "S01408764", area: "A2" }),
  ]);
  const server = createServer({
    ledger,
    intake: createIntake({
      ledger,
      defaults: { unknownStores: options.unknownStores ?? "fail", integrity: "complete" },
    }),
    log: createLog("silent"),
    now: Date.now,
    maxBodyBytes: options.maxBodyBytes ?? 2 ** 30,
    onRunnable: () => {},
    isDraining: () => options.isDraining?.() ?? false,
  });
  const address = await server.listen({ host: "127.0.0.1", port: 0 });
  t.after(async () => {
    await server.close();
    await ledger.close();
  });

  return {
    ledger,
    address,
    async call(method, path, body, headers = {}) {
      const sent = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
      const response = await fetch(address + path, {
        method,
        redirect: "manual",
        headers: sent === undefined ? headers : { "content-type": "application/json", ...headers },
        ...(sent === undefined ? {} : { body: sent }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: text === "" ? {} : JSON.parse(text) };
    },
  };
}
