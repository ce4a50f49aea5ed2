import { createSandbox, duplicatesIn, type Sandbox } from "@inlet/crm-sandbox";
import { age, DAY_MS, ledgerOn, openMemoryDatabase } from "@inlet/ledger/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sinkSteps, type SinkSteps } from "../running/sink-steps.ts";

/** How long everything has stood, days, when more mail comes. */
const AGES = [1, 24, 25, 30, 400];
/** The clock of the machine that comes second, beside the first's. */
const CLOCKS: Readonly<Record<string, () => () => number>> = {
  "a clock that agrees": () => Date.now,
  "a clock 5 minutes behind": () => () => Date.now() - 300_000,
  "a clock 5 minutes ahead": () => () => Date.now() + 300_000,
  "a clock that steps back 5 minutes in the middle of each try": () => {
    let looks = 0;
    return () => Date.now() - ((looks += 1) % 4 < 2 ? 0 : 300_000);
  },
};

type Records = Readonly<Record<string, string | null>>;

/** One line a case: what comes first, and what must become of what comes later. */
interface Case {
  readonly before: (sink: SinkSteps) => Promise<(later: SinkSteps) => Promise<void>>;
}
const ada = { name: "Ada", email: "ada@customers.example" };
const CASES: Readonly<Record<string, Case>> = {
  "new mail of a known sender is written to the contact that is there": {
    before: async (sink) => {
      const { contact } = await written(sink, sink.email({ from: ada, subject: "First" }));
      return async (later) =>
        expect(
          await written(later, later.email({ from: ada, thread: "later", subject: "Something else" })),
        ).toMatchObject({ contact });
    },
  },
  "a reply is written to its conversation's deal": {
    before: async (sink) => {
      const { deal } = await written(sink, sink.email({ thread: "t" }));
      return async (later) =>
        expect(await written(later, later.email({ thread: "t", place: 1 }))).toMatchObject({ deal });
    },
  },
  "a replay of what did not change is skipped": {
    before: async (sink) => {
      const event = sink.email({});
      await written(sink, event);
      return async (later) =>
        expect(await later.deliver({ ...event, parsedAt: event.parsedAt + 1 })).toMatchObject({ kind: "skip" });
    },
  },
  "a replay under another mapping writes the same records": {
    before: async (sink) => {
      const event = sink.email({});
      const { contact, deal, activity } = await written(sink, event);
      return async (later) => {
        later.remap("mailboxes: { sales: { addresses: [sales@inlet.example], tags: { since: later } } }");
        expect(await later.deliver({ ...event, parsedAt: event.parsedAt + 1 })).toMatchObject({ kind: "written" });
        const effects = (await later.ledger.inspect.delivery(later.tenant, event.eventId))?.effects ?? [];
        expect(Object.fromEntries(effects.map(({ effect, recordId }) => [effect, recordId]))).toMatchObject({
          contact,
          deal,
          activity,
        });
      };
    },
  },
  "an email whose first call was never answered is written, once": {
    before: async (sink) => {
      const event = sink.email({ from: { name: "Eve", email: "eve@customers.example" } });
      sandbox.faults.add({ match: { method: "POST" }, drop: "after", times: 1 });
      expect((await sink.deliver(event)).kind).toMatch(/retry|park/);
      sandbox.faults.clear();
      return async (later) => {
        later.takeUp(event);
        expect(await later.deliverInTurn(event)).toMatchObject({ kind: "written" });
      };
    },
  },
};

let sandbox: Sandbox;
let crm: string;
let database: Awaited<ReturnType<typeof openMemoryDatabase>>;
beforeAll(async () => {
  sandbox = createSandbox({ seed: false, searchLagMs: 0 });
  crm = `crm: { kind: hubspot, baseUrl: "${await sandbox.app.listen({ host: "127.0.0.1", port: 0 })}", token: env:CRM_TOKEN }`;
  database = await openMemoryDatabase();
}, 120_000);
afterAll(async () => {
  await sandbox.app.close();
  await database.close();
});

const AGREES = "a clock that agrees";
const MACHINES = [
  ...AGES.map((days) => ({ days, clock: AGREES })),
  ...Object.keys(CLOCKS).flatMap((clock) => (clock === AGREES ? [] : [{ days: 25, clock }])),
];

/** The sink's whole pipeline, when what is in the ledger is old and machines do not agree on the time. */
describe("what came before, and what comes later", () => {
  it.each(MACHINES)(
    "$days days later, on a machine with $clock",
    async ({ days, clock }) => {
      const open = async (tenant?: string, now?: () => number): Promise<SinkSteps> =>
        sinkSteps(crm, {
          ledger: { ...ledgerOn(database), close: async () => {} },
          ...(tenant === undefined ? {} : { tenant }),
          ...(now === undefined ? {} : { now }),
        });
      const sinks: SinkSteps[] = [];
      try {
        const cases: [string, SinkSteps, (later: SinkSteps) => Promise<void>][] = [];
        for (const [name, { before }] of Object.entries(CASES)) {
          const sink = await open();
          sinks.push(sink);
          cases.push([name, sink, await before(sink)]);
        }
        await age(database, days * DAY_MS);
        for (const [name, { tenant }, after] of cases) {
          const later = await open(tenant, CLOCKS[clock]?.());
          sinks.push(later);
          await after(later).catch((error: unknown) => {
            throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
          });
        }
      } finally {
        for (const sink of sinks) await sink.close();
      }
    },
    60_000,
  );
});

it("nothing of it stands twice in the CRM", () => expect(duplicatesIn(sandbox.store)).toEqual([]));

async function written(sink: SinkSteps, event: Parameters<SinkSteps["deliver"]>[0]): Promise<Records> {
  const tried = await sink.deliver(event);
  expect(tried).toMatchObject({ kind: "written", warnings: [] });
  return tried.records;
}
