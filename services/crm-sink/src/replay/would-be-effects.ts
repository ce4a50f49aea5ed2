import type { ClaimRequest, ClaimResult, EffectEnd, Ledger } from "@inlet/ledger";

/** What emails of a dry run would have written, so that the next email of the conversation finds it, as in the real run. */
export interface WouldBeEffects {
  claim: Ledger["effects"]["claim"];
  keep(tenant: string, eventId: string, ends: readonly EffectEnd[]): void;
}

export function createWouldBeEffects(claim: Ledger["effects"]["claim"]): WouldBeEffects {
  const written = new Map<string, Extract<ClaimResult, { state: "confirmed" }>>();
  const toName = ({ tenant, crm, effect, key }: Pick<ClaimRequest, "tenant" | "crm" | "effect" | "key">): string =>
    JSON.stringify([tenant, crm, effect, key]);
  return {
    claim: async (requests) => {
      const found = await claim(requests);
      return found.map((result, index) => written.get(toName(requests[index] as ClaimRequest)) ?? result);
    },
    keep: (tenant, eventId, ends) => {
      for (const { crm, effect, key, result } of ends) {
        if (result.state !== "confirmed") continue;
        const name = toName({ tenant, crm, effect, key });
        const before = written.get(name);
        written.set(name, {
          state: "confirmed",
          recordId: result.recordId,
          desired: { ...before?.desired, ...result.desired },
          eventId: before?.eventId ?? eventId,
          gone: false,
        });
      }
    },
  };
}
