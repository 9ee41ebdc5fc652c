/** Looks at the first bytes of a stream and gives all of them back. */

/** Fewer than `least` bytes of head only where there are no more; `all` begins with them, and lets go of `bytes` when its reader leaves. */
export async function withHead(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  least: number,
): Promise<{ readonly head: Buffer; readonly all: AsyncIterable<Uint8Array> }> {
  async function* each() {
    yield* bytes;
  }
  const reading = each();
  let head = Buffer.alloc(0);
  let ended = false;
  while (head.length < least && !ended) {
    const { done = false, value } = await reading.next();
    if (value) head = Buffer.concat([head, value]);
    ended = done;
  }
  async function* all() {
    try {
      if (head.length > 0) yield head;
      yield* reading;
    } finally {
      await reading.return(undefined);
    }
  }
  return { head, all: all() };
}
