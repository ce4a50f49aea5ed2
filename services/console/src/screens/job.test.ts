import { toDryRunRequest } from "@inlet/ledger";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSeededConsole, ORIGIN, type SeededConsole } from "../../testing/seeded-console.ts";

let seeded: SeededConsole;
let acme: string;
let viewer: string;

beforeAll(async () => {
  seeded = await openSeededConsole({ now: () => Date.now() + 60_000 });
  acme = await seeded.createToken({ role: "replay", tenant: "acme" });
  viewer = await seeded.createToken({ role: "view", tenant: "acme" }, { role: "replay", tenant: "acme" });
  const dry = { of: "dead_letters" as const, set: { tenant: "acme", until: 1 } };
  const by = { id: "dry_1", lane: "shared", actor: "ada", why: null, total: 4, name: "dry run of acme" };
  await seeded.ledger.jobs.create(toDryRunRequest(dry, by));
  const change = { record: "deal", field: "name", from: "old secret", to: "x".repeat(500), result: "write" };
  await seeded.ledger.jobs.noteEmails("dry_1", [
    ...[1, 2, 3].map((n) => ({
      tenant: "acme",
      eventId: `evt_${n}`,
      result: "changed",
      reason: null,
      detail: null,
      changes: [change],
    })),
    { tenant: "acme", eventId: "evt_4", result: "kept", reason: null, detail: null, changes: [] },
  ]);
  await seeded.database.query(`update jobs set done = 4, results = '{"changed":3,"kept":1}' where id = 'dry_1'`);
});
afterAll(async () => seeded.close());

const ask = async (token: string, method: "GET" | "POST", url: string, payload?: object) =>
  seeded.app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${token}`, origin: ORIGIN },
    ...(payload === undefined ? {} : { payload }),
  });

it("lists a job's emails by outcome, page by page", async () => {
  const read = async (query: string) => JSON.parse((await ask(acme, "GET", `/api/v1/jobs/dry_1?${query}`)).body);
  const first = await read("outcome=changed&limit=2");
  expect(first.emails.map(({ eventId }: { eventId: string }) => eventId)).toEqual(["evt_1", "evt_2"]);
  expect(first.next).toBe("acme/evt_2");
  expect(await read(`outcome=changed&limit=2&after=${first.next}`)).toMatchObject({
    emails: [{ eventId: "evt_3" }],
    next: null,
  });
  const { body } = await ask(acme, "GET", "/jobs/dry_1");
  for (const part of ["would write 3", "would keep (changed by a person) 1", "deal.name"]) expect(body).toContain(part);
});

it("names the fields to all, and shows what stands in them to the role view alone, cut short", async () => {
  const hidden = (await ask(acme, "GET", "/api/v1/jobs/dry_1")).body;
  expect(hidden).not.toContain("old secret");
  const [{ changes }] = JSON.parse((await ask(viewer, "GET", "/api/v1/jobs/dry_1?outcome=changed")).body).emails;
  expect(changes).toMatchObject([{ from: "old secret" }]);
  expect(changes[0].to.length).toBe(121);
});

it("says that no sink has taken it, and shows it to no one of another tenant", async () => {
  expect((await ask(acme, "GET", "/jobs/dry_1")).body).toContain("No crm-sink of the lane shared has taken it");
  const other = await seeded.createToken({ role: "replay", tenant: "globex" });
  expect((await ask(other, "GET", "/api/v1/jobs/dry_1")).statusCode).toBe(403);
  expect(JSON.parse((await ask(acme, "GET", "/api/v1/jobs?tenant=acme&state=waiting")).body).jobs).toHaveLength(1);
  expect(JSON.parse((await ask(other, "GET", "/api/v1/jobs?tenant=globex")).body).jobs).toEqual([]);
});

it("a dry run is asked for of dead letters of one's own tenant, and of nothing that does not match", async () => {
  const asked = await ask(acme, "POST", "/api/v1/dead-letters/dry-run", { tenant: "acme", reason: "crm_rejected" });
  expect(JSON.parse(asked.body)).toMatchObject({
    jobs: [
      { kind: "dry_run", total: 1, filter: { tenant: "acme" }, frozen: { of: "dead_letters", set: { until: 5000 } } },
    ],
  });
  const none = await ask(acme, "POST", "/api/v1/dead-letters/dry-run", { tenant: "acme", reason: "too_old" });
  expect(none.statusCode).toBe(404);
  expect((await ask(acme, "POST", "/api/v1/dead-letters/dry-run", { reason: "crm_rejected" })).statusCode).toBe(403);
});

it("the replay form counts before anything is asked for, and says why there is nothing", async () => {
  const { body } = await ask(acme, "GET", "/replays/new?tenant=acme");
  expect(body).toContain("Count</button>");
  expect(body).not.toContain("What it means");
  expect((await ask(acme, "GET", "/replays/new?tenant=acme&since=earliest")).body).toContain("Kafka has no record");
  const producer = await seeded.kafka.producer();
  await producer.send({ topic: "normalized-events", key: "one", value: Buffer.from("x"), headers: [] });
  const page = (await ask(acme, "GET", "/replays/new?tenant=acme&since=earliest")).body;
  for (const part of [
    "What it means",
    'action="/replays/dry-run"',
    'action="/replays"',
    'name="since" value="earliest"',
  ])
    expect(page).toContain(part);
  const asked = await ask(acme, "POST", "/api/v1/replays", { tenant: "acme", since: "earliest" });
  expect(JSON.parse(asked.body).jobs).toMatchObject([{ kind: "replay", total: 1, filter: { tenant: "acme" } }]);
});
