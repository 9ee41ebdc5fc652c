/** The ledger cannot be used as it is: the message is for the person who runs the program and says what to do. */
export class LedgerUnusable extends Error {
  override readonly name = "LedgerUnusable";
}
