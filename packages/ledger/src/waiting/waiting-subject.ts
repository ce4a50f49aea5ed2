import { batchQueries } from "../batch-queries.ts";
import type { Statements } from "../statements.ts";
import {
  actOnWaiting,
  countWaiting,
  takeTakenOut,
  type EmailTakenOut,
  type HandAction,
  type WaitingFilter,
} from "./by-hand.ts";
import { KEEP_FROM_AGE_MS, keepReferenced, listAgingReferences, listParkedBytes, sumParkedBytes } from "./parking.ts";
import type { StoredRecord } from "./stored-record.ts";
import { takeTooOld, type TooOldTake } from "./too-old.ts";
import { conversationWaits } from "./conversation-waits.ts";
import { releaseHeads, type ConversationKey } from "./release-heads.ts";
import { replaceWaiting } from "./replace-waiting.ts";
import { takeWaiting, type TakeOptions, type WaitingEmail } from "./take-waiting.ts";
import {
  listWaiting,
  waitingMail,
  waitingView,
  type ListedWaiting,
  type WaitingMail,
  type WaitingView,
} from "./why-waiting.ts";

/** Mail that waits for its turn, its CRM or an operator. */
export type Waiting = ReturnType<typeof waitingOn>;

export function waitingOn({ database }: Statements) {
  return {
    take: async (take: TakeOptions): Promise<WaitingEmail[]> => takeWaiting(database, take),
    takeTooOld: async (take: TooOldTake): Promise<WaitingEmail[]> => takeTooOld(database, take),
    replace: async (
      event: { tenant: string; eventId: string; parsedAt: number; pass: number },
      record: StoredRecord,
    ): Promise<void> => replaceWaiting(database, event, record),
    /** Whether an email of the conversation waits, other than this one. */
    conversationWaits: batchQueries<{ tenant: string; conversationId: string; eventId: string; lane: string }, boolean>(
      async (asked) => conversationWaits(database, asked),
    ),
    releaseHeads: async (after: ConversationKey | null, limit: number): Promise<ConversationKey | null> =>
      releaseHeads(database, after, limit),

    /** Rows by reference whose records Kafka deletes before long. */
    agingReferences: async (ask: Omit<Parameters<typeof listAgingReferences>[1], "olderThan">, now: number) =>
      listAgingReferences(database, { ...ask, olderThan: now - KEEP_FROM_AGE_MS }),
    keepReferenced: async (kept: Parameters<typeof keepReferenced>[1]): Promise<void> => keepReferenced(database, kept),
    sumParkedBytes: async (): Promise<void> => sumParkedBytes(database),
    parkedBytes: async (lanes: readonly string[]) => listParkedBytes(database, lanes),

    mail: async (): Promise<WaitingMail[]> => waitingMail(database),
    view: async (tenant: string, eventId: string): Promise<WaitingView | null> =>
      waitingView(database, tenant, eventId),
    list: async (filter: WaitingFilter, limit: number): Promise<ListedWaiting[]> =>
      listWaiting(database, filter, limit),
    count: async (filter: WaitingFilter) => countWaiting(database, filter),
    act: async (filter: WaitingFilter, action: HandAction): Promise<number> => actOnWaiting(database, filter, action),
    takeTakenOut: async (take: Parameters<typeof takeTakenOut>[1]): Promise<EmailTakenOut[]> =>
      takeTakenOut(database, take),
  };
}
