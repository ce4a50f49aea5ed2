import { expect, it } from "vitest";
import { kafkajsProduce, patchKafkajsProduce, type ProduceAnswer } from "./patch-kafkajs-produce.ts";

const NOT_LEADER = 6;

patchKafkajsProduce();
const { response } = kafkajsProduce().protocol({ version: 7 })({
  acks: -1,
  timeout: 1000,
  producerId: null,
  producerEpoch: 0,
  topicData: [],
});
const answered = (...errorCodes: number[]): ProduceAnswer => ({
  topics: [{ partitions: errorCodes.map((errorCode) => ({ errorCode })) }],
});

it("an answer where one partition failed is read: what was written beside it is not written again", async () => {
  expect(await response.parse(answered(0, NOT_LEADER, 0))).toEqual(answered(0, NOT_LEADER, 0));
});

it("an answer where every partition failed throws the broker's error, as kafkajs does", async () => {
  await expect(response.parse(answered(NOT_LEADER, NOT_LEADER))).rejects.toMatchObject({
    type: "NOT_LEADER_FOR_PARTITION",
  });
});

it("an answer about nothing is an answer", async () => {
  expect(await response.parse({ topics: [] })).toEqual({ topics: [] });
});
