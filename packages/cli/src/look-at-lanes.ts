import { readEnvironment } from "@inlet/config";
import type { RawEnvironment } from "@inlet/config";
import { laneFault, laneStates } from "@inlet/kafka";
import type { LaneState } from "@inlet/kafka";
import { withAdmin } from "./kafka-admin.ts";

export interface LanesFound {
  readonly states: readonly LaneState[];
  /** A text for each lane that has no topics or no readers. */
  readonly faults: readonly string[];
  /** Why the lanes were not looked at; null when they were. */
  readonly notLooked: string | null;
}

/** How the lanes stand in Kafka, where one can be asked. Never rejects: tenant files can be checked without Kafka. */
export async function lookAtLanes(env: RawEnvironment, lanes: readonly string[]): Promise<LanesFound> {
  if (env["KAFKA_BROKERS"] === undefined && env["KAFKA_BROKERS_FILE"] === undefined)
    return { states: [], faults: [], notLooked: "KAFKA_BROKERS is not set" };
  try {
    const environment = readEnvironment(env, ["kafka"]);
    const states = await withAdmin(environment, async (admin) => laneStates(admin, [...new Set(lanes)]));
    return { states, faults: states.map(laneFault).filter((fault) => fault !== null), notLooked: null };
  } catch (error) {
    return { states: [], faults: [], notLooked: (error as Error).message };
  }
}
