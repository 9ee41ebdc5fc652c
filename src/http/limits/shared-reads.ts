/**
 * Reads one thing for all who ask for it at a time: who asks while a read is under way gets the answer of the next one, together with everybody else
 * who came by then. Nobody ever gets a read that began before the question, so what somebody has just written is in it.
 */

export function shareReads<K, T>(read: (key: K) => Promise<T>): (key: K) => Promise<T> {
  const underWay = new Map<K, Promise<unknown>>();
  const next = new Map<K, Promise<T>>();

  function begin(key: K): Promise<T> {
    const reading = read(key);
    const over = reading.then(
      () => {},
      () => {},
    );
    underWay.set(key, over);
    void over.then(() => {
      if (underWay.get(key) === over) underWay.delete(key);
    });
    return reading;
  }

  return (key) => {
    const waiting = next.get(key);
    if (waiting !== undefined) return waiting;
    const current = underWay.get(key);
    if (current === undefined) return begin(key);
    const following = current.then(() => {
      next.delete(key);
      return begin(key);
    });
    next.set(key, following);
    return following;
  };
}
