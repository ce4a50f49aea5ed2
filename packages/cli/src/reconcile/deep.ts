import { ownerOf, ownerOfDeadLetter } from "@inlet/event-codec";
import type { Admin } from "@inlet/kafka";
import type { Ledger } from "@inlet/ledger";
import { topicIn } from "@inlet/schemas";
import { isUnread, type Backlog, type Lost } from "./law.ts";

const PAGE = 1_000;

export interface DeepFindings {
  readonly lost: Lost[];
  readonly faults: string[];
  readonly checked: Record<string, number>;
}

/**
 * Reads the topics themselves: every event on raw-events has a row or is still unread; every event that `outcomes` or the dlq tells of has
 * a row too. Long on a large log; `onProgress` hears of it.
 */
export async function deepFaults(
  ledger: Ledger,
  admin: Admin,
  options: {
    readonly lanes: readonly string[];
    readonly backlog: ReadonlyMap<string, Backlog>;
    readonly onProgress: (line: string) => void;
  },
): Promise<DeepFindings> {
  const lost: Lost[] = [];
  const faults: string[] = [];
  const checked: Record<string, number> = {};
  const topics = new Set(
    options.lanes.flatMap((lane) => [topicIn("rawEvents", lane), topicIn("dlq", lane), topicIn("outcomes", lane)]),
  );
  const raw = new Set(options.lanes.map((lane) => topicIn("rawEvents", lane)));
  const dlq = new Set(options.lanes.map((lane) => topicIn("dlq", lane)));
  for (const topic of topics) {
    let page: { tenant: string; eventId: string; place: string }[] = [];
    let count = 0;
    const check = async (): Promise<void> => {
      const states = await ledger.statesOf(page);
      for (const { tenant, eventId, place } of page) {
        if (states.has(`${tenant}/${eventId}`)) continue;
        if (raw.has(topic))
          lost.push({
            tenant,
            eventId,
            state: "no row",
            why: `its record ${place} was read, but the ledger has no row`,
          });
        else faults.push(`${tenant}/${eventId}: ${place} tells of it, but the ledger has no row`);
      }
      page = [];
    };
    for await (const record of admin.readAll(topic)) {
      count += 1;
      if (count % 10_000 === 0) options.onProgress(`${topic}: ${count} records read`);
      const { partition, offset } = record;
      if (
        raw.has(topic) &&
        isUnread({ topic, partition, offset: Number(offset) }, options.backlog.get(`${topic}/${partition}`))
      )
        continue;
      page.push({
        ...(dlq.has(topic) ? ownerOfDeadLetter(record) : ownerOf("RawEvent", record)),
        place: `${topic}/${partition}/${offset}`,
      });
      if (page.length >= PAGE) await check();
    }
    await check();
    checked[topic] = count;
  }
  return { lost, faults, checked };
}
