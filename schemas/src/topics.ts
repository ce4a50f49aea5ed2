/** Names, partitions, sizes and retention of every topic: the only place in the repository that spells them (docs/concepts/protocol.md, section 2). */

const KiB = 1024;
const MiB = 1024 * KiB;
const DAY_MS = 86_400_000;

/** An encoded record above this moves its largest parts to the blob store (claim check). Bytes. */
export const INLINE_LIMIT_BYTES = 768 * KiB;

export const SHARED_LANE = "shared";

export interface TopicSpec {
  /** Base name, without the lane's suffix. */
  readonly name: string;
  /** One topic for every lane, never suffixed; its partition count must never change. */
  readonly allLanes: boolean;
  readonly partitions: number;
  /** Largest record accepted, bytes. */
  readonly maxRecordBytes: number;
  readonly retentionMs: number;
  readonly cleanupPolicy: "delete" | "compact,delete";
}

export const TOPICS = {
  rawEvents: {
    name: "raw-events",
    allLanes: false,
    partitions: 12,
    maxRecordBytes: MiB,
    retentionMs: 14 * DAY_MS,
    cleanupPolicy: "delete",
  },
  normalizedEvents: {
    name: "normalized-events",
    allLanes: false,
    partitions: 12,
    maxRecordBytes: MiB + 128 * KiB,
    retentionMs: 14 * DAY_MS,
    cleanupPolicy: "delete",
  },
  dlq: {
    name: "dlq",
    allLanes: false,
    partitions: 3,
    maxRecordBytes: MiB + 512 * KiB,
    retentionMs: 30 * DAY_MS,
    cleanupPolicy: "delete",
  },
  outcomes: {
    name: "outcomes",
    allLanes: true,
    partitions: 12,
    maxRecordBytes: MiB,
    retentionMs: 90 * DAY_MS,
    cleanupPolicy: "compact,delete",
  },
  outboundMessages: {
    name: "outbound-messages",
    allLanes: true,
    partitions: 12,
    maxRecordBytes: 64 * KiB,
    retentionMs: 365 * DAY_MS,
    cleanupPolicy: "compact,delete",
  },
} as const satisfies Record<string, TopicSpec>;

export type TopicName = keyof typeof TOPICS;

/** The topic's name in a lane: `raw-events`, or `raw-events.acme` for a dedicated lane. */
export function topicIn(topic: TopicName, lane: string): string {
  const spec: TopicSpec = TOPICS[topic];
  return spec.allLanes || lane === SHARED_LANE ? spec.name : `${spec.name}.${lane}`;
}

/** The lane that a topic belongs to, by its name: the inverse of {@link topicIn}. A record is of the lane that it was read from, whatever it says itself. */
export function getTopicLane(topic: string): string {
  const spec: TopicSpec | undefined = Object.values(TOPICS).find(({ name }) => topic.startsWith(`${name}.`));
  return spec === undefined || spec.allLanes ? SHARED_LANE : topic.slice(spec.name.length + 1);
}

/** The topic's name without its lane, for counting: `raw-events` of `raw-events.acme`; another name as it is. */
export function getBaseTopic(topic: string): string {
  return Object.values(TOPICS).find(({ name }) => topic === name || topic.startsWith(`${name}.`))?.name ?? topic;
}

/** The consumer group of a service in a lane: `parser`, or `parser.acme`. */
export function groupIn(service: string, lane: string): string {
  return lane === SHARED_LANE ? service : `${service}.${lane}`;
}

/** The lanes that have a topic among the given names. */
export function lanesIn(topics: readonly string[]): string[] {
  const own = Object.values(TOPICS).filter(({ allLanes }) => !allLanes);
  const found = topics.flatMap((topic) =>
    own.flatMap(({ name }) =>
      topic === name ? [SHARED_LANE] : topic.startsWith(`${name}.`) ? [topic.slice(name.length + 1)] : [],
    ),
  );
  return [...new Set(found)].toSorted();
}

/** Every topic that the given lanes need, with its full name. */
export function getTopics(lanes: readonly string[]): (TopicSpec & { readonly fullName: string })[] {
  const found = new Map<string, TopicSpec & { fullName: string }>();
  for (const lane of lanes) {
    for (const topic of Object.keys(TOPICS) as TopicName[]) {
      const fullName = topicIn(topic, lane);
      found.set(fullName, { ...TOPICS[topic], fullName });
    }
  }
  return [...found.values()];
}
