/** How late the event loop runs, smoothed: one long turn is no overload, turn after turn of them is. */

const TICK_MS = 100;
/** The weight of the newest turn. A single turn of two seconds counts as 400 ms, and is forgotten within a second. */
const WEIGHT = 0.2;

export type EventLoopLag = {
  /** Milliseconds. */
  read(): number;
  /** Begins anew. */
  forget(): void;
  stop(): void;
};

export function startEventLoopLag(now: () => number = () => performance.now()): EventLoopLag {
  let lag = 0;
  let last = now();
  const timer = setInterval(() => {
    const at = now();
    lag += WEIGHT * (Math.max(0, at - last - TICK_MS) - lag);
    last = at;
  }, TICK_MS);
  timer.unref();
  const forget = () => {
    lag = 0;
    last = now();
  };
  return { read: () => lag, forget, stop: () => clearInterval(timer) };
}
