import { laneFault, laneStates } from "@inlet/kafka";
import type { Kafka, LaneState } from "@inlet/kafka";
import { metrics } from "@inlet/telemetry";
import { withDeadline } from "../body/deadline.ts";

const EVERY_MS = 5_000;
/** Longest that a delivery waits for what is not known of its lane yet, ms. */
const ASK_MS = 2_000;
/** Refused senders that come again and again do not each make a look. */
const FRESH_MS = 500;
/** Groups that are rebalancing or restarting have no member for a moment. */
const LOOKS_BEFORE_ALERT = 3;

/** The tenant's lane has no topics: its mail has no place to go to. Other tenants' has. */
export class LaneNotReadyError extends Error {
  override readonly name = "LaneNotReadyError";
}

export interface LaneWatch {
  /** Rejects with {@link LaneNotReadyError} for a lane without topics. What cannot be found out now is no reason to refuse. */
  mustTake(lane: string): Promise<void>;
  /** What is wrong with lanes, a text each, as of the last look. */
  faults(): readonly string[];
  look(): Promise<void>;
  close(): Promise<void>;
}

export interface LaneWatchDeps {
  readonly kafka: Pick<Kafka, "admin">;
  /** The lanes of the tenants in force. */
  readonly lanes: () => readonly string[];
  readonly log: {
    error(fields: object, message: string): void;
    info(fields: object, message: string): void;
    debug(fields: object, message: string): void;
  };
  /** ms between looks; 0 looks only when asked. Default 5 000. */
  readonly everyMs?: number;
}

/** Watches whether the lanes have topics, and somebody who reads them: mail that is accepted into a lane that no one reads would be missed by no one. */
export function watchLanes({ kafka, lanes, log, everyMs = EVERY_MS }: LaneWatchDeps): LaneWatch {
  let states: ReadonlyMap<string, LaneState> = new Map();
  const idleLooks = new Map<string, number>();
  const said = new Map<string, string>();
  let admin: ReturnType<Kafka["admin"]> | null = null;
  let looking: Promise<void> | null = null;
  let lookedAt = 0;

  async function lookOnce(): Promise<void> {
    const asked = [...new Set(lanes())];
    admin ??= kafka.admin();
    const mine = admin;
    try {
      const found = await laneStates(await mine, asked);
      states = new Map(found.map((state) => [state.lane, state]));
      lookedAt = Date.now();
      for (const state of found) tell(state);
      for (const lane of said.keys()) if (!states.has(lane)) said.delete(lane);
    } catch (error) {
      if (admin === mine) admin = null;
      void mine.then((connected) => connected.close()).catch(() => undefined);
      throw error;
    }
  }

  /** An alert when a fault comes, a line when it goes. */
  function tell(state: LaneState): void {
    const { lane, missingTopics, idleGroups } = state;
    const idle = missingTopics.length === 0 && idleGroups.length > 0;
    idleLooks.set(lane, idle ? (idleLooks.get(lane) ?? 0) + 1 : 0);
    if (idle && (idleLooks.get(lane) ?? 0) < LOOKS_BEFORE_ALERT) return;
    const fault = laneFault(state);
    if (fault === (said.get(lane) ?? null)) return;
    if (fault === null) {
      said.delete(lane);
      log.info({ lane }, "the lane has its topics and is read again");
      return;
    }
    said.set(lane, fault);
    const code = missingTopics.length > 0 ? "lane_without_topics" : "lane_without_consumers";
    metrics.alerts.inc({ code });
    log.error({ code, lane, missingTopics, idleGroups }, fault);
  }

  const look = (): Promise<void> => (looking ??= lookOnce().finally(() => (looking = null)));
  const timer =
    everyMs === 0
      ? null
      : setInterval(() => {
          look().catch((error: unknown) => log.debug({ err: error }, "the lanes cannot be looked at now"));
        }, everyMs).unref();
  if (everyMs > 0) void look().catch(() => undefined);

  return {
    look,
    async mustTake(lane) {
      if (states.get(lane)?.missingTopics.length === 0) return;
      if (!states.has(lane) || Date.now() - lookedAt > FRESH_MS)
        await withDeadline(ASK_MS, look()).catch(() => undefined);
      const state = states.get(lane);
      if (state !== undefined && state.missingTopics.length > 0)
        throw new LaneNotReadyError(laneFault(state) ?? `lane ${lane} has no topics`);
    },
    faults: () => [...states.values()].map(laneFault).filter((fault) => fault !== null),
    async close() {
      if (timer !== null) clearInterval(timer);
      await looking?.catch(() => undefined);
      await admin?.then((connected) => connected.close()).catch(() => undefined);
    },
  };
}
