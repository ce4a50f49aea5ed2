import { buildEmail } from "@inlet/crm-sink/testing/emails.ts";
import { toDeadLetterRequest, toDryRunRequest, type DryRun, type ListedJobEmail } from "@inlet/ledger";
import { topicIn } from "@inlet/schemas";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { startReplayingSink, type ReplayingSink } from "../running/replaying-sink.ts";

/** A dry run that is asked for as a job: a sink carries it out, and the job that follows does just that. */
let sink: ReplayingSink;
beforeAll(async () => {
  sink = await startReplayingSink();
}, 120_000);
afterAll(async () => sink?.close());

const CRM =
  "crm: { kind: hubspot, baseUrl: BASE_URL, token: env:CRM_TOKEN, pipeline: default, stage: qualifiedtobuy, quota: { perSecond: 500, burst: 500 } }";
const MOVED = CRM.replace("qualifiedtobuy", "presentationscheduled");
const by = (id: string, total: number) => ({ id, lane: "shared", actor: "ada@desk", why: null, total });

async function look(id: string, dry: DryRun): Promise<ListedJobEmail[]> {
  sink.calls.length = 0;
  await sink.ledger.jobs.create(toDryRunRequest(dry, { ...by(id, 0), name: id }));
  expect(await sink.ended(id)).toMatchObject({ state: "done" });
  expect(sink.calls.filter((call) => !call.startsWith("GET") && !/\/(search|batch\/read)$/.test(call))).toEqual([]);
  return sink.ledger.jobs.emails(id, { limit: 50 });
}

const toResults = (emails: readonly ListedJobEmail[]) => emails.map(({ eventId, result }) => [eventId, result]);

it("of a replay: what would be written, kept and left, field by field; the replay then does it", async () => {
  sink.map("acme", CRM);
  const emails = ["ada", "bob", "cleo"].map((name) => buildEmail("acme", name));
  await sink.deliver(emails);
  const [, bob] = emails;
  sink.map("acme", MOVED);
  const bobsDeal = (await sink.ledger.inspect.delivery("acme", bob?.eventId ?? ""))?.effects.find(
    ({ effect }) => effect === "deal",
  );
  const record = sink.sandbox.store.all("deals").find(({ id }) => id === bobsDeal?.recordId);
  if (record === undefined) throw new Error("the sandbox has no deal of bob's");
  sink.sandbox.store.update(record, { dealstage: "closedwon" }, Date.now(), 0);

  const topic = topicIn("normalizedEvents", "shared");
  const admin = await sink.kafka.admin();
  const ranges = (await admin.topicOffsets(topic)).map(({ partition, low, high }) => ({
    partition,
    from: Number(low),
    to: Number(high),
  }));
  const dry = await look("look", { of: "replay", records: { topic, filter: { tenant: "acme" }, ranges } });
  expect(new Map(dry.map(({ eventId, result }) => [eventId, result]))).toEqual(
    new Map(emails.map(({ eventId }, index) => [eventId, index === 1 ? "kept" : "changed"])),
  );
  expect(dry.find(({ eventId }) => eventId === bob?.eventId)?.changes).toMatchObject([
    { field: "place", from: "default/closedwon", to: "default/presentationscheduled", result: "keep" },
  ]);
  expect((await sink.ledger.jobs.get("look"))?.results).toEqual({ changed: 2, kept: 1 });

  const replay = await sink.replay({ tenant: "acme" });
  expect(replay.results).toEqual({ changed: 2, kept: 1 });
  expect(toResults(await sink.ledger.jobs.emails(replay.id, { limit: 50 }))).toEqual(toResults(dry));
  // Looked at again, nothing is left to be written; by outcome, and page by page.
  const kept = await sink.ledger.jobs.emails("look", { result: "kept", limit: 1 });
  expect(kept).toMatchObject([{ eventId: bob?.eventId, state: "written" }]);
  expect(await sink.ledger.jobs.emails("look", { result: "kept", after: kept[0], limit: 1 })).toEqual([]);
}, 60_000);

it("of dead letters: which would be written and which would die again; sending them again then does it", async () => {
  const emails = [buildEmail("globex", "dora"), buildEmail("globex", "nobody", { from: null })];
  // Without a tenant's file they die.
  await sink.deliver(emails);
  sink.map("globex", CRM);
  const set = { tenant: "globex", until: (await sink.ledger.deadLetters.newest()) ?? 0 };
  const dry = await look("look-dead", { of: "dead_letters", set });
  const results = new Map(dry.map(({ eventId, result, reason }) => [eventId, [result, reason]]));
  expect(results.get(emails[0]?.eventId ?? "")).toEqual(["changed", null]);
  expect(results.get(emails[1]?.eventId ?? "")).toEqual(["dead_lettered", "no_sender"]);

  await sink.ledger.jobs.create(toDeadLetterRequest({ act: "replay", set, perSecond: 50 }, by("again", 2)));
  expect(await sink.ended("again")).toMatchObject({ state: "done", results: { replayed: 2 } });
  await vi.waitFor(
    async () => {
      const now = await sink.ledger.jobs.emails("again", { limit: 9 });
      const ended = now.map(({ eventId, state }) => [eventId, state === "written" ? "changed" : state]);
      expect(ended).toEqual(dry.map(({ eventId, result }) => [eventId, result]));
      expect(await sink.ledger.inspect.delivery("globex", emails[1]?.eventId ?? "")).toMatchObject({ pass: 1 });
    },
    { timeout: 30_000, interval: 50 },
  );
}, 60_000);

it("what emails cost their CRM is told to the ledger, without what only looked", async () => {
  await vi.waitFor(
    async () => {
      const costs = await sink.database.query<{ emails: number; calls: number }>(
        "select emails, calls from crm_costs where tenant = 'acme'",
      );
      expect(costs).toEqual([{ emails: expect.any(Number), calls: expect.any(Number) }]);
      // Three that came, and what of them the replay wrote again.
      expect(costs[0]?.emails).toBeGreaterThanOrEqual(3);
      expect(costs[0]?.emails).toBeLessThanOrEqual(6);
      expect(costs[0]?.calls).toBeGreaterThan(costs[0]?.emails ?? 0);
    },
    { timeout: 30_000, interval: 100 },
  );
}, 60_000);
