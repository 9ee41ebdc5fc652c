/**
 * Why one call on an image must end early: its caller's abort or its deadline. Stands in for an AbortController of its own, which
 * would cost each image more than the rest of its bookkeeping; waits that know only signals get one when they need it.
 */

export type Ending = {
  readonly ended: boolean;
  /** What ended it; undefined before. */
  readonly reason: Error | undefined;
  /** For waits. */
  readonly signal: AbortSignal;
  /** Calls back when the call must end, at once when it must already. */
  add(onEnd: () => void): void;
  remove(onEnd: () => void): void;
};

export type OwnedEnding = Ending & {
  end(reason: Error): void;
  /** The caller's signal alone does not tell the whole truth any more. */
  hasDeadline(): void;
  /** The call is over: lets go of the caller's signal. */
  dispose(): void;
};

export function createEnding(caller: AbortSignal): OwnedEnding {
  const callbacks: (() => void)[] = [];
  let controller: AbortController | undefined;
  let withDeadline = false;
  let reason: Error | undefined;

  function end(why: Error): void {
    if (reason) return;
    reason = why;
    controller?.abort(why);
    for (const onEnd of callbacks.splice(0)) onEnd();
  }

  const onAbort = () => end(caller.reason);
  caller.addEventListener("abort", onAbort);

  return {
    end,
    hasDeadline: () => {
      withDeadline = true;
    },
    dispose: () => caller.removeEventListener("abort", onAbort),
    get ended() {
      return reason !== undefined;
    },
    get reason() {
      return reason;
    },
    get signal() {
      if (!withDeadline) return caller;
      if (controller) return controller.signal;
      controller = new AbortController();
      if (reason) controller.abort(reason);
      return controller.signal;
    },
    add(onEnd) {
      if (reason) onEnd();
      else callbacks.push(onEnd);
    },
    remove(onEnd) {
      const at = callbacks.indexOf(onEnd);
      if (at !== -1) callbacks.splice(at, 1);
    },
  };
}
