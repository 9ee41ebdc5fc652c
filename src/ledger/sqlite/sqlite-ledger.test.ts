import { describeLedger } from "../ledger.contract.ts";
import { openDatabase } from "./database.ts";
import { createSqliteLedger } from "./sqlite-ledger.ts";

describeLedger("the SQLite ledger", async () => {
  let at = 1_000_000;
  const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: () => at });
  return {
    ledger,
    passTime: (ms) => {
      at += ms;
    },
  };
});
