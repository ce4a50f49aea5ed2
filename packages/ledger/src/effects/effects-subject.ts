import { batchQueries } from "../batch-queries.ts";
import type { Statements } from "../statements.ts";
import { crmAccount, switchCrm, type CrmAccount } from "./crm-accounts.ts";
import { claim, reclaim, type ClaimRequest, type ClaimResult } from "./claim.ts";
import { activitiesAt, knownKey } from "./find-effects.ts";
import { follow } from "./follow-record.ts";
import { release, type Release } from "./release-claims.ts";
import { endRematch, takeRematches, type Rematch, type RematchEnd } from "./rematches.ts";
import { settleByHand, unknownEffects, type HandSettlement } from "./settle-by-hand.ts";

/** Writes to CRMs that happen once, and the accounts that they happen in. */
export type Effects = ReturnType<typeof effectsOn>;

export function effectsOn({ database, on }: Statements) {
  return {
    // Claims of one email are one input: all of them are in the same statement.
    claim: batchQueries<readonly ClaimRequest[], ClaimResult[]>(
      async (groups, shared) => {
        const answers = await claim(on(shared), groups.flat());
        let at = 0;
        return groups.map((group) => answers.slice(at, (at += group.length)));
      },
      { getGroup: ([first]) => first?.tenant ?? "" },
    ),
    /** A confirmed effect whose record is gone from the CRM, to be written once more. */
    reclaim: async (request: ClaimRequest & { readonly gone: string }): Promise<ClaimResult> =>
      reclaim(database, request),
    release: async (claims: readonly Release[]): Promise<void> => release(database, claims),
    follow: async (moved: Parameters<typeof follow>[1]): Promise<void> => follow(database, moved),
    knownKey: async (asked: Parameters<typeof knownKey>[1]): Promise<string | null> => knownKey(database, asked),
    activitiesAt: async (tenant: string, dealId: string): Promise<string[]> => activitiesAt(database, tenant, dealId),
    listUnknown: async (tenant: string, eventId: string) => unknownEffects(database, tenant, eventId),
    settleByHand: async (
      event: Parameters<typeof settleByHand>[1],
      settlements: readonly HandSettlement[],
    ): Promise<boolean> => settleByHand(database, event, settlements),
    takeRematches: async (take: Parameters<typeof takeRematches>[1]): Promise<Rematch[]> =>
      takeRematches(database, take),
    endRematch: async (rematch: Rematch, owner: string, end: RematchEnd): Promise<void> =>
      endRematch(database, rematch, owner, end),
    /** The account in which a tenant's connection writes; refused where it is another one than before. */
    crmAccount: async (seen: { tenant: string; kind: string; account: string }): Promise<CrmAccount> =>
      crmAccount(database, seen),
    switchCrm: async (tenant: string, actor: string): Promise<string[]> => switchCrm(database, tenant, actor),
  };
}
