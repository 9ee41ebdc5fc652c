/** A number of places, for answers that hold memory for as long as their reader likes. No caller takes more than its part of them. */

export type Places = {
  /** Null when there is none; else what gives it back, once. */
  take(caller: string | null): (() => void) | null;
};

export function createPlaces(limits: { readonly all: number; readonly ofOneCaller: number }): Places {
  const taken = new Map<string, number>();
  let all = 0;

  return {
    take(caller) {
      const own = caller === null ? 0 : (taken.get(caller) ?? 0);
      if (all >= limits.all || own >= limits.ofOneCaller) return null;
      all += 1;
      if (caller !== null) taken.set(caller, own + 1);
      let isTaken = true;
      return () => {
        if (!isTaken) return;
        isTaken = false;
        all -= 1;
        if (caller === null) return;
        const left = (taken.get(caller) ?? 0) - 1;
        if (left > 0) taken.set(caller, left);
        else taken.delete(caller);
      };
    },
  };
}
