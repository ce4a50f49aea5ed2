import type { Database } from "../database.ts";

/** A conversation after which {@link releaseHeads} goes on. */
export interface ConversationKey {
  readonly tenant: string;
  readonly conversationId: string;
}

/**
 * Lets the first of a conversation go that is still marked as standing behind another: it came while that one went. Looks at so many
 * conversations after one (null: from the first); answers the last of them, null when there are no more.
 */
export async function releaseHeads(
  database: Database,
  after: ConversationKey | null,
  limit: number,
): Promise<ConversationKey | null> {
  const [row] = await database.query<{ tenant: string | null; conversation: string | null }>(
    "select last_tenant as tenant, last_conversation as conversation from release_heads($1, $2, $3)",
    [after?.tenant ?? "", after?.conversationId ?? "", limit],
  );
  if (row === undefined || row.tenant === null || row.conversation === null) return null;
  return { tenant: row.tenant, conversationId: row.conversation };
}
