import type { Database } from "../database.ts";
import {
  actOnWaiting,
  countWaiting,
  takeTakenOut,
  type EmailTakenOut,
  type HandAction,
  type WaitingFilter,
} from "./by-hand.ts";
import { listWaiting, type ListedWaiting } from "./why-waiting.ts";

/** What `inlet waiting` asks of the ledger, and the services for it. */
export function handWork(database: Database) {
  return {
    listWaiting: async (filter: WaitingFilter, limit: number): Promise<ListedWaiting[]> =>
      listWaiting(database, filter, limit),
    countWaiting: async (filter: WaitingFilter) => countWaiting(database, filter),
    actOnWaiting: async (filter: WaitingFilter, action: HandAction): Promise<number> =>
      actOnWaiting(database, filter, action),
    takeTakenOut: async (take: Parameters<typeof takeTakenOut>[1]): Promise<EmailTakenOut[]> =>
      takeTakenOut(database, take),
  };
}
