/** Where the tokens of a grant are kept. */
export interface GrantKey {
  readonly tenant: string;
  /** The CRM's kind. */
  readonly crm: string;
  /** The grant's id. */
  readonly grant: string;
}

export interface KeptGrant {
  /** 1 for what was kept first, raised by 1 each time. */
  readonly generation: number;
  readonly sealed: Buffer;
}

/**
 * What the instances of Inlet share of a grant (the ledger). A refresh token that rotates is good once: who asks the token endpoint holds
 * the grant's lease, and what it was answered is kept before it is used. Every method throws when the store is away.
 */
export interface GrantStore {
  /** Null where nothing was kept yet. */
  read(key: GrantKey): Promise<KeptGrant | null>;
  /** Takes the lease for `ms`; false where another owner has it, or where `generation` (0: nothing kept) is not the newest. */
  lease(key: GrantKey, generation: number, owner: string, ms: number): Promise<boolean>;
  /**
   * Keeps what follows `generation` and ends its lease, no matter who holds it by now: what was issued later must not be lost because it came late.
   * False where something else follows it already. Tokens of the tenant's older grants that no one renewed in 30 days are forgotten.
   */
  keep(key: GrantKey, generation: number, sealed: Buffer): Promise<boolean>;
  /** Gives the owner's lease back; another's stays. */
  release(key: GrantKey, owner: string): Promise<void>;
}
