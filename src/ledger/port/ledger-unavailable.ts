/** The ledger cannot be reached for now, though nothing is wrong with the call: the same call may succeed later. */
export class LedgerUnavailable extends Error {
  override readonly name = "LedgerUnavailable";
}
