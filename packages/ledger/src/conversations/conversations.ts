import { asRows, type Database } from "../database.ts";

export interface ConversationQuestion {
  readonly tenant: string;
  readonly conversationId: string;
  readonly messageId: string | null;
  /** Message-IDs that the email refers to, without brackets. */
  readonly related: readonly string[];
  /** The conversation ids that those (and the email's own Message-ID) would be the root of. */
  readonly roots: readonly string[];
}

/** Canonical conversation ids, in order; null where a joined conversation's deal is being written at this moment (ask again). */
export async function canonicalConversations(
  database: Database,
  questions: readonly ConversationQuestion[],
): Promise<(string | null)[]> {
  const rows = await database.query<{ i: number; canonical: string | null }>(
    `select r.i, resolve_conversation(r.tenant, r.conversation_id, r.message_id, array(select jsonb_array_elements_text(r.related)), array(select jsonb_array_elements_text(r.roots))) as canonical
       from (select * from jsonb_to_recordset($1::jsonb) as r(i int, tenant text, conversation_id text, message_id text, related jsonb, roots jsonb)
              order by tenant, i) r`,
    [
      asRows(
        questions.map((question, i) => ({
          i,
          tenant: question.tenant,
          conversation_id: question.conversationId,
          message_id: question.messageId,
          related: question.related,
          roots: question.roots,
        })),
      ),
    ],
  );
  const found = new Map(rows.map((row) => [row.i, row.canonical]));
  return questions.map((_, index) => found.get(index) ?? null);
}
