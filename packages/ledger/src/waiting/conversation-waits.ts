import type { Database } from "../database.ts";
import { buildTenantMatch } from "./tenant-match.ts";

/**
 * Whether an earlier email of the conversation waits: later ones queue behind it. What is held while its tenant moves to another lane is later than
 * anything of the old one.
 */
export async function conversationWaits(
  database: Database,
  conversations: readonly {
    readonly tenant: string;
    readonly conversationId: string;
    readonly eventId: string;
    readonly lane: string;
  }[],
): Promise<boolean[]> {
  const rows = await database.query<{ i: number }>(
    `select distinct r.i from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality as r(tenant, conversation_id, event_id, lane, i)
       join waiting w on w.conversation_id = r.conversation_id and ${buildTenantMatch("w", "r")} and w.event_id <> r.event_id and w.stage = 'deliver'
        and not (w.code = 'lane_moving' and w.lane <> r.lane)`,
    [
      conversations.map((c) => c.tenant),
      conversations.map((c) => c.conversationId),
      conversations.map((c) => c.eventId),
      conversations.map((c) => c.lane),
    ],
  );
  const waits = new Set(rows.map((row) => row.i));
  return conversations.map((_, index) => waits.has(index + 1));
}
