/** Where a delivery stands: delivered, given up, or at which of its attempts. */
import type { Delivery } from "../../../sdk/src/api-types.ts";

export function DeliveryMark({ delivery: { status, attempts, most_attempts: most } }: { readonly delivery: Delivery }) {
  if (status === "delivered") return <span class="mark completed">delivered</span>;
  if (status === "failed") return <span class="mark failed">given up</span>;
  return attempts === 0 ? (
    <span class="mark">waiting</span>
  ) : (
    <span class="mark pending">
      retrying, {attempts} of {most}
    </span>
  );
}
