import { expect, test } from "vitest";
import { lanesIn, getTopics } from "./topics.ts";

test("the lanes of a cluster are those that have topics; other topics are no one's", () => {
  const topics = getTopics(["shared", "acme"]).map(({ fullName }) => fullName);
  expect(lanesIn([...topics, "outcomes", "orders", "__consumer_offsets"])).toEqual(["acme", "shared"]);
  expect(lanesIn(["outcomes"])).toEqual([]);
});
