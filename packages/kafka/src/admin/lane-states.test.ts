import { groupIn, topicIn } from "@inlet/schemas";
import { expect, test } from "vitest";
import { createInMemoryKafka } from "../../testing/in-memory-kafka.ts";
import { laneFault, laneStates } from "./lane-states.ts";

test("a lane without topics, one without consumers and one that is read are told apart (N1)", async () => {
  const kafka = createInMemoryKafka({ lanes: ["shared", "acme"] });
  const handler = () => Promise.resolve({ processedThrough: null });
  for (const [service, topic] of [
    ["parser", "rawEvents"],
    ["crm-sink", "normalizedEvents"],
  ] as const)
    await kafka.consumer({ groupId: groupIn(service, "shared"), topic: topicIn(topic, "shared"), handler }).start();
  const states = await laneStates(await kafka.admin(), ["shared", "acme", "globex"]);
  expect(states.map(({ lane, missingTopics, idleGroups }) => [lane, missingTopics.length, idleGroups])).toEqual([
    ["shared", 0, []],
    ["acme", 0, ["parser.acme", "crm-sink.acme"]],
    ["globex", 3, ["parser.globex", "crm-sink.globex"]],
  ]);
  expect(states.map(laneFault)).toEqual([
    null,
    expect.stringContaining("Start a parser and a crm-sink with LANES=acme"),
    expect.stringContaining("inlet topics apply --lane globex"),
  ]);
});
