import { LRUCache } from "lru-cache";

/** Event ids that one instance remembers as acknowledged. About 10 MB. */
const MOST_REMEMBERED = 100_000;

export interface Acknowledgements {
  /**
   * Runs `publish` unless this instance has already had the event acknowledged; `duplicate` says which. A concurrent twin waits for the
   * first: it is a duplicate if that succeeds, and tries itself if it fails. Nothing is remembered before it is durable: marking first
   * would lose the email on redelivery. Rejects as `publish` does.
   */
  once(eventId: string, publish: () => Promise<void>): Promise<{ readonly duplicate: boolean }>;
}

/** What docs/concepts/protocol.md, section 12 says of `duplicate`: true is certain, false promises nothing; the ledger decides. */
export function createAcknowledgements(most: number = MOST_REMEMBERED): Acknowledgements {
  const acknowledged = new LRUCache<string, true>({ max: most });
  const underWay = new Map<string, Promise<boolean>>();

  return {
    async once(eventId, publish) {
      for (;;) {
        if (acknowledged.get(eventId) === true) return { duplicate: true };
        const first = underWay.get(eventId);
        if (first === undefined) break;
        if (await first) return { duplicate: true };
      }
      const attempt = publish().then(() => void acknowledged.set(eventId, true));
      // Twins only ask whether it worked: its error belongs to its own caller.
      const settled = attempt.then(
        () => true,
        () => false,
      );
      underWay.set(eventId, settled);
      try {
        await attempt;
        return { duplicate: false };
      } finally {
        underWay.delete(eventId);
      }
    },
  };
}
