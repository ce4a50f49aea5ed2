import { operation, type DealRecords } from "../../port.ts";
import { settling } from "../../settling.ts";
import { dealBatch, dealReads } from "../batches/batches.ts";
import type { HubSpotContext } from "../context.ts";
import { updateDeal } from "../calls/deal-changes.ts";
import { createDeal, findDeal, getDeal } from "../calls/deals.ts";
import { locate } from "../calls/where-is.ts";

/** Unique by `inlet_conversation`: an unknown result is settled by sending again. */
export function dealRecords(context: HubSpotContext): DealRecords {
  const { client, stages, options, withProperties } = context;
  return {
    settle: settling("upsert-by-key", "deal", options),
    write: operation((input, call) => withProperties(() => createDeal(client, stages, input, call), call), {
      // Upsert, association.
      cost: { requests: 2 },
      batch: dealBatch(context),
    }),
    lookup: operation(({ key }, call) => withProperties(() => findDeal(client, key, call), call)),
    locate: locate(client, "deal"),
    read: operation((dealId, call) => getDeal(client, dealId, call), { batch: dealReads(context) }),
    update: operation((change, call) => withProperties(() => updateDeal(client, stages, change, call), call), {
      // A read where tags are added, or a place is called by its name; the change.
      cost: { requests: 2 },
    }),
  };
}
