import { operation, type ActivityRecords } from "../../port.ts";
import { settling } from "../../settling.ts";
import { createActivity, findActivity, readActivity, updateActivity } from "../calls/activities.ts";
import { activityBatch } from "../batches/batches.ts";
import type { HubSpotContext } from "../context.ts";
import { SEARCH_COST } from "../client/searches.ts";
import { findSentMessage } from "../calls/sent-messages.ts";

/** Unique by `inlet_email_key`. */
export function activityRecords(context: HubSpotContext): ActivityRecords {
  const { client, options, withProperties } = context;
  const { tenant } = options;
  return {
    settle: settling("consistent-lookup", "activity", options),
    write: operation(
      async (input, call) => {
        const written = await withProperties(() => createActivity(client, tenant, input, call), call);
        if (written.ok || !/^hubspot:400:INVALID_(EMAIL|JSON)$/.test(written.fault.code)) return written;
        // An address among the headers that HubSpot takes for none: the text names its people all the same.
        const bare = { ...input, from: { email: "", name: null } };
        const again = await withProperties(() => createActivity(client, tenant, bare, call), call);
        const warnings = [
          "activity_headers_refused: HubSpot does not take an address of the email; its parties are left out",
        ];
        return again.ok ? { ok: true, value: { ...again.value, warnings } } : again;
      },
      { batch: activityBatch(context) },
    ),
    lookup: operation(({ key }, call) => withProperties(() => findActivity(client, key, call), call)),
    read: operation((recordId, call) => readActivity(client, recordId, call)),
    // Read, patch, an association.
    update: operation((change, call) => updateActivity(client, change, call), { cost: { requests: 3 } }),
    findSent: operation((messageIds, call) => findSentMessage(client, messageIds, call), {
      cost: { requests: SEARCH_COST.requests + 1 },
    }),
  };
}
