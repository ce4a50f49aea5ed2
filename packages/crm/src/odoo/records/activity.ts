import { operation, type ActivityRecords } from "../../port.ts";
import { settling } from "../../settling.ts";
import type { OdooContext } from "../context.ts";
import { createActivity, findActivity, readActivity, updateActivity } from "../activities.ts";
import { findSentMessage } from "../sent-messages.ts";

export function activityRecords({ client, options }: OdooContext): ActivityRecords {
  return {
    settle: settling("upsert-by-key", "activity", options),
    // With files: load, read, files.
    write: operation((input, call) => createActivity(client, input, call), { cost: { requests: 3 } }),
    lookup: operation(({ key }, call) => findActivity(client, key, call)),
    read: operation((recordId, call) => readActivity(client, recordId, call)),
    // Read, write, files.
    update: operation((change, call) => updateActivity(client, change, call), { cost: { requests: 3 } }),
    findSent: operation((messageIds, call) => findSentMessage(client, messageIds, call)),
  };
}
