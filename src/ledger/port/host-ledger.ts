/**
 * The ledger's port for hosts in trouble: what workers see of them, and which of them people gave up. An order holds for the jobs that were
 * running when it was given, and for each of them until it is retried: no later job feels it. What is promised, `contract/` proves.
 */
import type { HostTrouble } from "../../domain/host-trouble.ts";

export type HostOrder = {
  /** Host, or host:port. */
  readonly host: string;
  /** Who decided, and what the host did last: stands in the details of its images. */
  readonly sentence: string;
  /** The key's id, null for nobody's. */
  readonly by: string | null;
};

export type GivenUpHost = { readonly jobId: number; readonly host: string; readonly sentence: string };

export type HostLedger = {
  /**
   * Gives a host up in every job of the tenant, null for all, that is not over. Returns those jobs. A second order for a job takes the place of
   * the first.
   */
  giveUpHost(tenant: string | null, order: HostOrder): Promise<readonly number[]>;
  /** The hosts that are given up in these jobs now. */
  readGivenUpHosts(jobIds: readonly number[]): Promise<readonly GivenUpHost[]>;
  /** What a living member sees, in place of what it said before. Forgotten with the member. */
  tellHosts(memberId: string, hosts: readonly HostTrouble[]): Promise<void>;
  /** What the living members see, as far as images of the tenant's jobs wait there; null for everybody's. */
  readHosts(tenant: string | null): Promise<readonly HostTrouble[]>;
};
