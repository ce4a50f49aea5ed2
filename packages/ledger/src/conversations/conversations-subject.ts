import { batchQueries } from "../batch-queries.ts";
import { BY_TENANT, type Statements } from "../statements.ts";
import { canonicalConversations, type ConversationQuestion } from "./conversations.ts";
import { relatedDeals, type RelatedDeals, type RelatedDealsQuestion } from "./related-deals.ts";
import { recordReferences, registerSent, type References, type SentMessage } from "./sent-messages.ts";

/** Which emails belong together, and to which deal. */
export type Conversations = ReturnType<typeof conversationsOn>;

export function conversationsOn({ database, on }: Statements) {
  return {
    canonical: batchQueries<ConversationQuestion, string | null>(
      async (questions, shared) => canonicalConversations(on(shared), questions),
      BY_TENANT,
    ),
    registerSent: async (messages: readonly SentMessage[]): Promise<void> => registerSent(database, messages),
    recordReferences: batchQueries<References, SentMessage[]>(
      async (emails, shared) => recordReferences(on(shared), emails),
      BY_TENANT,
    ),
    relatedDeals: batchQueries<RelatedDealsQuestion, RelatedDeals>(
      async (questions, shared) => relatedDeals(on(shared), questions),
      BY_TENANT,
    ),
  };
}
