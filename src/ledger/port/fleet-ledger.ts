/** The ledger's port for the fleet: which processes are alive and how much they can have in hand. */

/** What one process with a worker can have in flight. */
export type Member = {
  /** Unique for each start of a process. */
  readonly id: string;
  readonly windowImages: number;
  readonly windowChunks: number;
  readonly threads: number;
};

/** How busy a member is. */
export type Load = { readonly gpuPlaces: number; readonly gpuBusy: number };

/** Sums over the members that are alive. */
export type Fleet = Omit<Member, "id"> & Load & { readonly members: number };

export type FleetLedger = {
  /** Says that a member is alive for `aliveMs` from now. Forgets those that are not. */
  heartbeat(member: Member, load: Load, aliveMs: number): Promise<void>;
  /** Takes a member out at once. */
  leave(memberId: string): Promise<void>;
  readFleet(): Promise<Fleet>;
};
