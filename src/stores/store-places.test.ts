/** Places of stores come in columns that may be there. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readStoreTable } from "./read-store-table.ts";

async function read(csv: string) {
  const { stores, problems, warnings } = await readStoreTable([new TextEncoder().encode(csv)]);
  const places = stores.flatMap(({ id, latitude, longitude }) =>
    latitude === undefined ? [] : [{ id, latitude, longitude }],
  );
  return { places, problems, warnings };
}

describe("the places of a store master", () => {
  for (const [latitude, longitude] of [
    ["Latitude", "Longitude"],
    ["LAT", "LNG"],
    ["gps lat", "gps_long"],
    ["Store-Latitude", "Store-Longitude"],
  ]) {
    it(`are read from ${latitude} and ${longitude}`, async () => {
      const { places, problems } = await read(
        `AreaCode,StoreName,StoreID,${latitude},${longitude}\n1,Shop,S1,21.7000,-77.3`,
      );
      assert.deepEqual(
        { places, problems },
        { places: [{ id: "S1", latitude: 21.7, longitude: -77.3 }], problems: [] },
      );
    });
  }

  it("may be missing: columns, cells, or both", async () => {
    assert.deepEqual((await read("AreaCode,StoreName,StoreID\n1,Shop,S1")).places, []);
    const { places, warnings } = await read("AreaCode,StoreName,StoreID,Latitude,Longitude\n1,Shop,S1,,\n1,Shop,S2");
    assert.deepEqual({ places, warnings }, { places: [], warnings: [] });
  });

  it("are warned of, by their line, when they are no degrees", async () => {
    const { places, warnings, problems } = await read(
      'AreaCode,StoreName,StoreID,Latitude,Longitude\n1,A,S1,0,0\n1,B,S2,north,5\n1,C,S3,"21,5","79,5"\n1,D,S4,91,5',
    );
    assert.deepEqual(places, [{ id: "S3", latitude: 21.5, longitude: 79.5 }]);
    assert.deepEqual(
      warnings.map(({ line }) => line),
      [2, 3, 5],
    );
    assert.deepEqual(problems, []);
  });
});
