/** A byte source over bytes in memory that remembers what was asked of it. For tests and checks: fetching is not involved. */
import type { ByteSource } from "../pipeline/byte-source.ts";

export type MemorySource = ByteSource & {
  /** Such as `prefix 65536`, `tail 4096`, `whole`, in order. */
  readonly requests: readonly string[];
};

/** `tellsLength: false` plays a host that never says how long the file is, until it was read to its end. */
export function createMemorySource(bytes: Uint8Array, { tellsLength = true } = {}): MemorySource {
  const requests: string[] = [];
  let isLengthKnown = tellsLength;
  return {
    requests,
    async prefix(atLeast) {
      requests.push(`prefix ${atLeast}`);
      const complete = atLeast >= bytes.length;
      isLengthKnown ||= complete;
      return { bytes: bytes.subarray(0, atLeast), complete };
    },
    async tail(length) {
      requests.push(`tail ${length}`);
      return bytes.subarray(Math.max(0, bytes.length - length));
    },
    async whole() {
      requests.push("whole");
      isLengthKnown = true;
      return bytes;
    },
    totalBytes: () => (isLengthKnown ? bytes.length : null),
  };
}
