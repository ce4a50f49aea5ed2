import type { Database } from "@inlet/ledger/database";
import { openMemoryDatabase } from "@inlet/ledger/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { accountedMail, type AccountedMail } from "./accounted-mail.ts";

/** L32, N1: what is on its way, waits, or has aged by the rules is no loss; a lane that no one reads is one. */

const DAY_MS = 86_400_000;
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
let database: Database;
let inlet: AccountedMail;

beforeAll(async () => {
  database = await openMemoryDatabase();
}, 120_000);
afterAll(async () => database.close());
beforeEach(async () => {
  await database.query("truncate deliveries, waiting, outbox, journey, effects, log_gaps, log_marks");
  inlet = await accountedMail(database);
});
afterEach(async () => inlet.stop());

async function expectHolds(deep = true): Promise<void> {
  const { lost, faults, holds } = await inlet.reconcile(deep);
  expect({ lost, faults, holds }).toEqual({ lost: [], faults: [], holds: true });
}

/** Deletes what a topic holds now. */
async function expire(name: Parameters<AccountedMail["topic"]>[0]): Promise<void> {
  for (const { partition, high } of await inlet.admin.topicOffsets(inlet.topic(name)))
    inlet.kafka.faults.deleteRecordsBefore({ topic: inlet.topic(name), partition, offset: high });
}

/** Looks three times while mail comes in; a breath between emails leaves some time to look. */
async function whileMailFlows(send: () => Promise<unknown>, look: () => Promise<unknown>): Promise<void> {
  let on = true;
  const flow = (async () => {
    while (on) {
      await send();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  try {
    for (let run = 0; run < 3; run += 1) await look();
  } finally {
    on = false;
    await flow;
  }
}

describe("no loss", () => {
  test("the parser is stopped, and mail comes in before and while reconcile looks", async () => {
    await inlet.mail("written");
    await inlet.commit("parser");
    await inlet.commit("crm-sink");
    await whileMailFlows(
      async () => inlet.mail("unread"),
      async () => expectHolds(),
    );
    expect((await inlet.reconcile(false)).notes.join()).toContain("LANES=shared");
  });

  test("mail flows through all stages while reconcile looks", async () => {
    await inlet.mail("written");
    await inlet.commit("parser");
    await inlet.commit("crm-sink");
    await whileMailFlows(
      async () => {
        for (const stage of ["written", "dead_lettered", "waiting", "written"] as const) await inlet.mail(stage);
        await inlet.commit("parser");
        await inlet.commit("crm-sink");
      },
      async () => expectHolds(),
    );
  });

  test("the sink is paused: what is parsed lies unread", async () => {
    await inlet.mail("written");
    await inlet.commit("crm-sink");
    for (let n = 0; n < 5; n += 1) await inlet.mail("parsed");
    await inlet.commit("parser");
    await expectHolds();
  });

  test("Kafka is behind: outcomes lie in the outbox", async () => {
    for (let n = 0; n < 5; n += 1) await inlet.mail("written", { publish: false });
    await inlet.commit("parser");
    await inlet.commit("crm-sink");
    await expectHolds();
  });

  test.each([
    ["raw events 15 days after they were read", 15, ["rawEvents", "normalizedEvents"]],
    ["dead letters after 31 days", 31, ["rawEvents", "normalizedEvents", "dlq"]],
    ["outcomes after 91 days", 91, ["rawEvents", "normalizedEvents", "dlq", "outcomes"]],
  ] as const)("retention deleted %s", async (_what, days, topics) => {
    for (const stage of ["written", "dead_lettered", "waiting"] as const)
      await inlet.mail(stage, { at: Date.now() - days * DAY_MS });
    await inlet.commit("parser");
    await inlet.commit("crm-sink");
    await expectHolds();
    for (const topic of topics) await expire(topic);
    for (let run = 0; run < 2; run += 1) await expectHolds();
  });
});

describe("a lane that no one reads (N1)", () => {
  test("is a loss as soon as mail lies there that no one has ever read, and says what to start", async () => {
    inlet = await accountedMail(database, "globex");
    await inlet.mail("unread");
    const { lost, holds } = await inlet.reconcile(false);
    expect(holds).toBe(false);
    expect(lost).toEqual([expect.objectContaining({ state: "unread", why: expect.stringContaining("LANES=globex") })]);
  });

  test("is a note while nothing lies there, and a loss once mail has lain there for over an hour", async () => {
    inlet = await accountedMail(database, "globex");
    const before = await inlet.reconcile(false);
    expect(before.holds).toBe(true);
    expect(before.notes.join()).toContain("LANES=globex");
    await inlet.mail("written");
    await inlet.commit("parser");
    await inlet.commit("crm-sink");
    await inlet.mail("unread");
    expect((await inlet.reconcile(false)).holds).toBe(true);
    expect((await inlet.reconcile(false, { now: () => Date.now() + 2 * 3_600_000 })).holds).toBe(false);
  });
});
