import type { Kafka, TopicFault } from "@inlet/kafka";

/** Asking Kafka for every topic's settings on every probe would be more load than the probe is worth. */
const FRESH_MS = 30_000;

export interface TopicCheck {
  faults(lanes: readonly string[]): Promise<readonly TopicFault[]>;
  close(): Promise<void>;
}

/** Faults of the topics, asked at most every 30 s, or when the lanes change. Rejects while Kafka is away. */
export function createTopicCheck(kafka: Pick<Kafka, "admin">, now: () => number = Date.now): TopicCheck {
  let admin: ReturnType<Kafka["admin"]> | null = null;
  let known: { readonly lanes: string; readonly until: number; readonly faults: readonly TopicFault[] } | null = null;

  return {
    async faults(lanes) {
      const key = lanes.toSorted().join(",");
      if (known !== null && known.lanes === key && known.until > now()) return known.faults;
      admin ??= kafka.admin();
      try {
        const faults = await (await admin).checkTopics(lanes);
        known = { lanes: key, until: now() + FRESH_MS, faults };
        return faults;
      } catch (error) {
        const broken = admin;
        admin = null;
        await broken.then((connected) => connected.close()).catch(() => undefined);
        throw error;
      }
    },
    async close() {
      await admin?.then((connected) => connected.close()).catch(() => undefined);
    },
  };
}
