import { operation, type DealRecords } from "../../port.ts";
import { settling } from "../../settling.ts";
import type { OdooContext } from "../context.ts";
import { updateDeal } from "../deal-changes.ts";
import { createDeal, findDeal, getDeal } from "../deals.ts";
import { locate } from "../where-is.ts";

export function dealRecords({ client, options, place }: OdooContext): DealRecords {
  return {
    settle: settling("upsert-by-key", "deal", options),
    write: operation((input, call) => createDeal(client, place, input, call)),
    lookup: operation(({ key }, call) => findDeal(client, key, call)),
    locate: locate(client, "deal"),
    read: operation((dealId, call) => getDeal(client, dealId, call)),
    // Team, stage, a tag looked for and made, write.
    update: operation((change, call) => updateDeal(client, change, call), { cost: { requests: 5 } }),
  };
}
