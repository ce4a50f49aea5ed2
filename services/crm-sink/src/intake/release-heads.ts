import { poll, type ConversationKey, type Poller } from "@inlet/ledger";
import { errorForLog } from "@inlet/telemetry";
import type { SinkDeps } from "../attempt.ts";

/** Conversations that are looked at together: a few milliseconds of the ledger. */
const PAGE = 500;
const IDLE_MS = 10_000;

/** Lets mail go whose turn came at the very moment when it began to wait: no one else would look for it. */
export function releaseHeads({ ledger, log }: Pick<SinkDeps, "ledger" | "log">): Poller {
  let after: ConversationKey | null = null;
  return poll(
    async () => {
      after = await ledger.waiting.releaseHeads(after, PAGE);
      return after !== null;
    },
    {
      idleMs: IDLE_MS,
      onError: (error) =>
        log.warn({ err: errorForLog(error) }, "conversations cannot be looked through for mail whose turn it is"),
    },
  );
}
