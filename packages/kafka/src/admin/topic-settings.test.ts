import { TOPICS, topicIn } from "@inlet/schemas";
import { describe, expect, it } from "vitest";
import { buildConfig, differingConfig, findFaults, offsetRetentionFaults, wantedTopics } from "./topic-settings.ts";
import type { ActualTopic, WantedTopic } from "./topic-settings.ts";

const raw = topicIn("rawEvents", "shared");
const outcomes = topicIn("outcomes", "shared");

function wanted(topic: string): WantedTopic {
  return wantedTopics(["shared"]).find((one) => one.topic === topic) as WantedTopic;
}

function actual(topic: string, changes: Partial<ActualTopic> = {}): ActualTopic {
  const one = wanted(topic);
  const replication = changes.replication ?? 3;
  return {
    partitions: one.partitions,
    replication,
    config: new Map(Object.entries(buildConfig(one, replication))),
    ...changes,
  };
}

describe("topic settings", () => {
  it("come from the specification, for every lane once", () => {
    const names = wantedTopics(["shared", "acme"]).map(({ topic }) => topic);
    expect(names).toContain(topicIn("rawEvents", "acme"));
    expect(names.filter((name) => name === outcomes)).toHaveLength(1);
    expect(buildConfig(wanted(raw), 3)).toEqual({
      "cleanup.policy": "delete",
      "retention.ms": String(TOPICS.rawEvents.retentionMs),
      "max.message.bytes": String(TOPICS.rawEvents.maxRecordBytes),
      "message.timestamp.type": "LogAppendTime",
      "unclean.leader.election.enable": "false",
      "min.insync.replicas": "2",
    });
    expect(buildConfig(wanted(raw), 1)["min.insync.replicas"]).toBe("1");
  });

  it("finds nothing wrong with a topic as wanted, in whatever order a list is told", () => {
    expect(findFaults(wanted(raw), actual(raw), 3)).toEqual([]);
    expect(
      differingConfig({ "cleanup.policy": "compact,delete" }, new Map([["cleanup.policy", "delete, compact"]])),
    ).toEqual([]);
  });

  it("names each fault, what was expected and what is", () => {
    expect(findFaults(wanted(raw), null, 3)).toMatchObject([{ topic: raw, fault: "missing", severity: "error" }]);
    const config = new Map([...actual(raw).config, ["retention.ms", "1000"]]);
    expect(findFaults(wanted(raw), actual(raw, { config, partitions: 3 }), 3)).toEqual([
      { topic: raw, fault: "partitions", expected: "12", actual: "3", severity: "error" },
      {
        topic: raw,
        fault: "config:retention.ms",
        expected: String(TOPICS.rawEvents.retentionMs),
        actual: "1000",
        severity: "error",
      },
    ]);
  });

  it("takes more partitions for a lane's topic, never for one whose count is fixed", () => {
    expect(findFaults(wanted(raw), actual(raw, { partitions: 24 }), 3)).toEqual([]);
    expect(findFaults(wanted(outcomes), actual(outcomes, { partitions: 24 }), 3)).toMatchObject([
      { fault: "partitions" },
    ]);
  });

  it("warns of replication 1 on one broker, and fails it where more brokers are", () => {
    expect(findFaults(wanted(raw), actual(raw, { replication: 1 }), 1)).toMatchObject([
      { fault: "replication", actual: "1", severity: "warning" },
    ]);
    expect(findFaults(wanted(raw), actual(raw, { replication: 1 }), 3)).toMatchObject([
      { fault: "replication", expected: "3", severity: "error" },
    ]);
  });

  it("warns where committed offsets expire before records do", () => {
    const all = wantedTopics(["shared"]);
    expect(offsetRetentionFaults(all, 10_080)).toMatchObject([{ severity: "warning", actual: "10080" }]);
    expect(offsetRetentionFaults(all, 366 * 24 * 60)).toEqual([]);
    expect(offsetRetentionFaults(all, null)).toEqual([]);
  });
});
