/**
 * Holds a request on a kept connection back until the loop has looked at its socket once more. What lies there by then was sent unasked,
 * and must not be taken for the answer: that would be another image's size.
 */

export type HoldBack = (release: () => void) => void;

export function createHoldBack(): HoldBack {
  let held: (() => void)[] = [];

  /** The first turn may be this one still; before the second the loop has polled for all who were held until the first. */
  function releaseNext(): void {
    const releases = held;
    held = [];
    setImmediate(() => {
      for (const release of releases) release();
    });
  }

  return (release) => {
    held.push(release);
    if (held.length === 1) setImmediate(releaseNext);
  };
}
