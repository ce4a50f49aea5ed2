import { createInMemoryKafka } from "@inlet/kafka/testing";
import type { Admin } from "@inlet/kafka";
import type { DeliveryView, Ledger } from "@inlet/ledger";
import { beforeAll, describe, expect, it } from "vitest";
import { selectReplays, type ReplaySelection } from "./select-replays.ts";

const ALL: ReplaySelection = {
  service: "crm-sink",
  since: null,
  until: null,
  offsets: [],
  eventIds: [],
  messageIds: [],
  tenant: null,
  lane: null,
};

/** Ten records of partition 0 of each of the sink's topics, at 1000, 2000, … ms. */
let admin: Admin;
beforeAll(async () => {
  let now = 0;
  const kafka = createInMemoryKafka({ lanes: ["shared", "acme"], now: () => now });
  const producer = await kafka.producer();
  for (let n = 0; n < 10; n += 1) {
    now += 1_000;
    for (const topic of ["normalized-events", "normalized-events.acme"])
      await producer.send({ topic, key: "one", value: Buffer.from("x"), headers: [] });
  }
  admin = await kafka.admin();
  const [first] = kafka.records("normalized-events");
  P = first?.partition ?? 0;
});
let P = 0;

const ledgerWith = (
  ...rows: readonly Partial<DeliveryView>[]
): { readonly inspect: Pick<Ledger["inspect"], "find"> } => ({
  inspect: {
    find: async (id) => rows.filter((row) => row.eventId === id || row.messageId === id) as DeliveryView[],
  },
});
const select = async (selection: Partial<ReplaySelection>, ...rows: readonly Partial<DeliveryView>[]) =>
  selectReplays({ admin, ledger: ledgerWith(...rows) }, { ...ALL, ...selection });

describe("what a replay means", () => {
  it.each<[string, Partial<ReplaySelection>, (readonly [topic: string, from: number, to: number])[]]>([
    [
      "everything",
      { since: 0 },
      [
        ["normalized-events.acme", 0, 10],
        ["normalized-events", 0, 10],
      ],
    ],
    ["a time on", { since: 4_000, lane: "shared" }, [["normalized-events", 3, 10]]],
    ["between two times", { since: 4_000, until: 7_000, lane: "shared" }, [["normalized-events", 3, 6]]],
    ["a time to come", { since: 99_000 }, []],
    [
      "a tenant: the shared lane and its own",
      { since: 0, tenant: "acme" },
      [
        ["normalized-events.acme", 0, 10],
        ["normalized-events", 0, 10],
      ],
    ],
    ["a tenant without a lane", { since: 0, tenant: "globex" }, [["normalized-events", 0, 10]]],
  ])("%s", async (_what, selection, expected) => {
    const selected = await select(selection);
    expect(selected.map(({ topic, ranges }) => [topic, ranges[0]?.from, ranges[0]?.to])).toEqual(expected);
    for (const { filter } of selected)
      expect(filter).toEqual(selection.tenant === undefined ? {} : { tenant: selection.tenant });
  });

  it.each([
    ["5", [[5, 6]]],
    ["5-7", [[5, 8]]],
    ["5-", [[5, 10]]],
  ])("offsets %s", async (written, expected) => {
    const [replay] = await select({ offsets: [`normalized-events/${P}/${written}`] });
    expect(replay?.ranges).toEqual(expected.map(([from, to]) => ({ partition: P, from, to })));
  });

  it("two places of one partition, and nothing between them", async () => {
    const replays = await select({ offsets: [`normalized-events/${P}/1`, `normalized-events/${P}/8`] });
    expect(replays.map(({ ranges }) => ranges.map(({ from, to }) => [from, to]))).toEqual([[[1, 2]], [[8, 9]]]);
  });

  it("emails by their event id and their Message-ID, where their records lie", async () => {
    const at = (offset: number) => ({ topic: "normalized-events", partition: P, offset });
    const rows = [
      { tenant: "acme", eventId: "evt_1", messageId: "m1", normalized: at(2) },
      { tenant: "acme", eventId: "evt_2", messageId: "m2", normalized: at(6) },
    ];
    const [replay] = await select({ eventIds: ["evt_1"], messageIds: ["m2"] }, ...rows);
    expect(replay).toMatchObject({
      lane: "shared",
      filter: { eventIds: ["evt_1", "evt_2"] },
      ranges: [{ partition: P, from: 2, to: 7 }],
    });
  });

  it.each([
    ["nothing", {}, "which emails"],
    ["ids and a range", { eventIds: ["evt_1"], since: 0 }, "make no sense"],
    ["an unknown id", { eventIds: ["evt_9"] }, "nothing is known"],
    ["a lane that is not there", { since: 0, lane: "globex" }, "no lane globex"],
    ["a broken place", { offsets: ["somewhere"] }, "expected TOPIC/PARTITION/OFFSET"],
    ["a place that Kafka has not", { offsets: ["normalized-events/0/900-"] }, "Kafka has"],
  ])("%s is refused", async (_what, selection, why) => {
    await expect(select(selection)).rejects.toThrow(why);
  });

  it("a topic of another service is refused", async () => {
    await expect(select({ service: "parser", offsets: [`normalized-events/${P}/1`] })).rejects.toThrow(
      "no topic of the parser",
    );
  });
});
