/** Stores: what was visited of them, imports of the store master and taking one back. */
import type { Area, Operations, Store, StoreImport, StoreMasterVersion, StoreWithDays } from "./api-types.ts";
import { type Pages, pagesOf } from "./pages.ts";
import type { Transport } from "./transport.ts";

export class Stores {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  list(filter: Omit<Operations["listStores"]["query"], "cursor"> = {}): Pages<Store> {
    return pagesOf(this.#transport, "/api/v1/stores", filter);
  }

  /** Stores that nobody visited for some days. */
  inactive(filter: Omit<Operations["listInactiveStores"]["query"], "cursor"> = {}): Pages<Store> {
    return pagesOf(this.#transport, "/api/v1/stores/inactive", filter);
  }

  async get(storeId: string): Promise<StoreWithDays> {
    return await this.#transport.json(`/api/v1/stores/${encodeURIComponent(storeId)}`);
  }

  async areas(): Promise<readonly Area[]> {
    const { data } = await this.#transport.json<Operations["listAreas"]["answer"]>("/api/v1/areas");
    return data;
  }

  /** What imports made of the store master, newest first. */
  versions(): Pages<StoreMasterVersion> {
    return pagesOf(this.#transport, "/api/v1/stores/versions", {});
  }

  /** Takes the latest version back, as a version of its own. Not sent twice by itself: the second would take that back. */
  async undo(version: number): Promise<StoreMasterVersion> {
    return await this.#transport.json(`/api/v1/stores/versions/${version}/undo`, { method: "POST" });
  }

  /** A store master as CSV or XLSX, as the bytes say: all of it or nothing. With `dryRun` it says what would change. */
  async import(
    table: string | Blob,
    {
      dryRun = false,
      columns,
      mode,
    }: { readonly dryRun?: boolean; readonly columns?: string; readonly mode?: "merge" | "replace" } = {},
  ): Promise<StoreImport> {
    return await this.#transport.json("/api/v1/stores/import", {
      method: "POST",
      query: { dry_run: dryRun ? true : undefined, columns, mode },
      headers: { "content-type": "text/csv" },
      body: table,
      repeatable: true,
    });
  }
}
