import { outboxSize } from "../inspect/read-deliveries.ts";
import type { Statements } from "../statements.ts";
import {
  finishNotification,
  takeNotifications,
  type DueNotification,
  type NotificationResult,
  type TakeNotifications,
} from "./notifications.ts";
import { publishOutbox, type Publish } from "./outbox.ts";

/** What is sent from the ledger: outcomes to Kafka, notifications to tenants. */
export type Outbox = ReturnType<typeof outboxOn>;

export function outboxOn({ database }: Statements) {
  return {
    publish: async (publish: Publish): Promise<number> => publishOutbox(database, publish),
    size: async () => outboxSize(database),
    takeNotifications: async (take: TakeNotifications): Promise<DueNotification[]> => takeNotifications(database, take),
    finishNotification: async (notice: DueNotification, end: NotificationResult): Promise<void> =>
      finishNotification(database, notice, end),
  };
}
