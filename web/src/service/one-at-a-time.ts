/**
 * Work of which there is one at a time. Asked for while it is under way it is done once more behind it, however often it was asked for: so it comes
 * to its end even where it is asked for more quickly than it can be done.
 */
export function oneAtATime(work: () => Promise<void>): () => void {
  let isUnderWay = false;
  let isWanted = false;
  async function run(): Promise<void> {
    isUnderWay = true;
    try {
      while (isWanted) {
        isWanted = false;
        await work();
      }
    } finally {
      isUnderWay = false;
    }
  }
  return () => {
    isWanted = true;
    if (!isUnderWay) void run();
  };
}
