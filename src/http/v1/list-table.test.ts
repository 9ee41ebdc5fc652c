import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type HttpService, startHttpService } from "../../testing/http-service.ts";
import { aStore, claimNext, failed, measured } from "../../testing/ledger-builders.ts";
import { xlsxRows } from "../../xlsx/xlsx-rows.ts";
import { XLSX_TYPE } from "../submission/submission-format.ts";

async function fileOf({ address }: HttpService, path: string) {
  const response = await fetch(address + path);
  assert.equal(response.status, 200, path);
  return {
    bytes: Buffer.from(await response.arrayBuffer()),
    type: response.headers.get("content-type"),
    name: response.headers.get("content-disposition"),
  };
}

async function cellsOf(bytes: Buffer): Promise<readonly (readonly string[])[]> {
  const cells: (readonly string[])[] = [];
  for await (const { rows } of xlsxRows([bytes])) cells.push(...rows.map((row) => row.cells));
  return cells;
}

describe("a list as a file", () => {
  it("has every element of it, however many pages they make", async (t) => {
    const service = await startHttpService(t);
    const ids = Array.from({ length: 450 }, (_, no) => `Z${String(no).padStart(4, "0")}`);
    await service.ledger.importStores(ids.map((id) => aStore({ id, name: `=Café ${id}`, area: "A9" })));
    const csv = await fileOf(service, "/api/v1/stores?format=csv&bom=1&area=A9");
    assert.equal(csv.name, 'attachment; filename="stores.csv"');
    const [header, first, ...rest] = csv.bytes.toString().trimEnd().split("\n");
    assert.equal(
      header,
      "\ufeffstore_id,store_name,area,route,type,opened,closed,visits,images,failed,last_visit_date",
    );
    assert.equal(first, "Z0000,'=Café Z0000,A9,,,,,0,0,0,");
    assert.equal(rest.length, 449);

    const xlsx = await fileOf(service, "/api/v1/stores?format=xlsx&area=A9&limit=7");
    assert.equal(xlsx.type, XLSX_TYPE);
    const cells = await cellsOf(xlsx.bytes);
    assert.deepEqual(cells[450], ["Z0449", "'=Café Z0449", "A9", "", "", "", "", "0", "0", "0"]);
  });

  it("has nested fields under their paths, lists in one cell, instants as dates", async (t) => {
    const service = await startHttpService(t);
    const visit = { store_id: "S1", image_url: ["http://x/1", "http://x/2"], visit_time: "2024-05-01" };
    await service.call("POST", "/api/v1/jobs", { count: 1, visits: [visit], metadata: { by: "Ann" } });
    const { lease } = await claimNext(service.ledger);
    await service.ledger.record(lease, [measured(0), failed(1)], 10_000);
    const [header = [], row = []] = await cellsOf((await fileOf(service, "/api/v1/jobs?format=xlsx")).bytes);
    const of = (name: string) => row[header.indexOf(name)];
    assert.deepEqual([of("counts.images"), of("counts.failed"), of("metadata")], ["2", "1", '{"by":"Ann"}']);
    assert.match(of("created_at") ?? "", /^\d{4}-\d{2}-\d{2}T/);
    const images = (await fileOf(service, "/api/v1/jobs/1/images?format=csv&outcome=failed")).bytes.toString();
    assert.equal(images.trim().split("\n").length, 2);
  });

  it("is had of lists that are one answer, and of groups a row for each store", async (t) => {
    const service = await startHttpService(t);
    const visit = { store_id: "S1", image_url: ["http://x/1", "http://y/2"], visit_time: "2024-05-01" };
    await service.call("POST", "/api/v1/jobs", { count: 1, visits: [visit] });
    const { lease } = await claimNext(service.ledger);
    await service.ledger.record(lease, [failed(0), failed(1)], 10_000);
    const linesOf = async (path: string) => (await fileOf(service, path)).bytes.toString().trimEnd().split("\n");
    assert.deepEqual(await linesOf("/api/v1/areas?format=csv"), [
      "area,stores,visited_stores,visits,images,failed,last_visit_date",
      "A1,2,1,1,2,2,2024-05-01",
      "A2,2,0,0,0,0,",
    ]);
    const [header, first, ...more] = await linesOf("/api/v1/jobs/1/failures?format=csv");
    assert.equal(header, "code,about,host,store_id,images");
    assert.match(first ?? "", /^not_found,.*,x,S1,1$/);
    assert.equal(more.length, 1);
    const cells = await cellsOf((await fileOf(service, "/api/v1/jobs/1/failures?format=xlsx")).bytes);
    assert.deepEqual(cells[1]?.slice(2), ["x", "S1", "1"]);
    for (const path of ["stores/versions", "audit", "webhook-deliveries", "reviews/shares", "jobs/1/quality"])
      assert.match(String((await fileOf(service, `/api/v1/${path}?format=xlsx`)).name), /\.xlsx"$/, path);
  });

  it("is had of a chart: results of the last ten minutes, a line for each step that is over", async (t) => {
    const service = await startHttpService(t);
    const { bytes, name } = await fileOf(service, "/api/v1/overview?format=csv");
    assert.equal(name, 'attachment; filename="throughput.csv"');
    const [header, ...lines] = bytes.toString().trimEnd().split("\n");
    assert.equal(header, "until,images,images_per_second");
    assert.equal(lines.length, 59);
    assert.match(lines[0] ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d0\.000Z,0,0$/);
  });

  it("is refused in JSON, before it begins, for what cannot be asked", async (t) => {
    const service = await startHttpService(t);
    for (const [path, status] of [
      ["/api/v1/jobs/9/images?format=xlsx", 404],
      ["/api/v1/stores?format=csv&cursor=none", 400],
      ["/api/v1/stores?format=ods", 400],
      ["/api/v1/stores?format=csv&bom=2", 400],
      ["/api/v1/overview?format=ods", 400],
      ["/api/v1/jobs/9/quality?format=csv", 404],
    ] as const) {
      const response = await fetch(service.address + path);
      assert.equal(response.status, status, path);
      assert.equal(response.headers.get("content-type")?.split(";")[0], "application/problem+json");
      await response.arrayBuffer();
    }
  });
});
