/** The queue cannot take references now. Nothing is lost: the ledger has them, and whoever published tries again later. */
export class QueueUnavailable extends Error {
  override readonly name = "QueueUnavailable";
}
