/** Notes a change that was made from the command line, in the ledger's log of changes, beside those that come through the API. */
import { userInfo } from "node:os";
import type { KeyLedger } from "../ledger/port/key-ledger.ts";

export async function noteChange(
  ledger: Pick<KeyLedger, "addAuditEntry">,
  change: { readonly tenant: string; readonly action: string; readonly target: string },
): Promise<void> {
  const address = `command line, ${userInfo().username}`;
  await ledger.addAuditEntry({ ...change, actor: null, address, requestId: "-" });
}
