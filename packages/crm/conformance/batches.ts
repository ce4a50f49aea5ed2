import assert from "node:assert/strict";
import type { Batch, CallOptions, CallResult, Crm, Written } from "../src/port.ts";
import {
  expectFault,
  FILENAME,
  IMPATIENT_MS,
  inMs,
  expectOk,
  PATIENT_MS,
  plainId,
  soon,
  type ConformanceCase,
  type ConformanceSubject,
} from "./subject.ts";
import { activityInput, lookUp, sought } from "./writes.ts";

type BatchedEffect = "contact" | "deal" | "activity";

/** An effect's batch and single call, on inputs that only this file knows. */
interface Kind {
  readonly batch: Batch<unknown, Written>;
  readonly alone: (input: unknown, options: CallOptions) => Promise<CallResult<Written>>;
  /** Inputs that the CRM takes. */
  readonly good: (n: number) => Promise<Row[]>;
  /** One that it refuses. */
  readonly bad: () => Row;
  /** What becomes of that one. */
  readonly refused: "record-permanent" | true;
}

interface Row {
  readonly key: string;
  readonly input: unknown;
}

const EFFECTS: readonly BatchedEffect[] = ["contact", "deal", "activity"];

/** What the port promises of batch calls; a method that the adapter does not batch passes. */
export const CRM_BATCH_CONFORMANCE: readonly ConformanceCase[] = [
  ...EFFECTS.flatMap((effect) => [
    ...answeredCases(effect),
    ...(["drop-before-write", "drop-after-write", "error-after-write", "late-write"] as const).map((fault) =>
      batchCase(`${effect}: ${fault} leaves every row unknown; sent again each is one record`, effect, async (of) => {
        const { subject, kind } = of;
        const rows = await kind.good(3);
        await subject.inject(effect, fault);
        const patience = fault === "late-write" ? (subject.impatientMs ?? IMPATIENT_MS) : PATIENT_MS;
        let failed = (await send(kind, rows, patience)).map(expectFault);
        // On a busy machine the time may be over before anything was sent: then the fault that was injected is still to come.
        for (let tries = 1; fault === "late-write" && failed[0]?.unknown === false && tries < 20; tries += 1)
          failed = (await send(kind, rows, patience)).map(expectFault);
        assert.deepEqual(
          failed.map((each) => [each.kind, each.unknown]),
          rows.map(() => ["outage", true]),
        );
        await subject.landed();
        await counts(of, rows, fault === "drop-before-write" ? 0 : 1);
        const settled = await takeApart(kind, rows);
        assert.equal(new Set(settled.map((row) => expectOk(row).recordId)).size, rows.length);
        await counts(of, rows, 1);
      }),
    ),
  ]),
  {
    name: "batch of deals read: each is itself or null, in order, the same one twice too",
    run: async ({ crm }) => {
      const batch = crm.records.deal.read.batch;
      if (batch === undefined) return;
      const kind = getKind(crm, "deal");
      const deal = expectOk((await send(kind, await kind.good(1)))[0] as CallResult<Written>).recordId;
      const ids = ["999999999", deal, "not-an-id", deal, ""];
      const read = expectOk(await batch.send(ids, soon())).map((row) => expectOk(row)?.recordId ?? null);
      assert.deepEqual(read, [null, deal, null, deal, null]);
      assert.deepEqual(expectOk(await batch.send(["", "x"], soon())).map(expectOk), [null, null]);
    },
  },
];

function answeredCases(effect: BatchedEffect): ConformanceCase[] {
  return [
    batchCase(
      `${effect}: every row is made, and answered in order; again they are the same records`,
      effect,
      async (of) => {
        const rows = await of.kind.good(of.kind.batch.most);
        const first = (await send(of.kind, rows)).map((row) => expectOk(row).recordId);
        assert.equal(new Set(first).size, rows.length);
        for (const [index, row] of [...rows.entries()].filter((_, n) => n % 17 === 0)) {
          const found = expectOk(await lookUp(of.subject.crm, effect, sought(row.key)));
          assert.equal(found?.recordId, first[index]);
        }
        const again = (await takeApart(of.kind, rows.toReversed())).map(expectOk);
        assert.deepEqual(
          again.map(({ recordId }) => recordId),
          first.toReversed(),
        );
        assert.ok(again.every(({ created }) => created !== true));
        await counts(of, rows, 1);
      },
    ),
    batchCase(
      `${effect}: a row that the CRM refuses does not keep its neighbours from being written`,
      effect,
      async (of) => {
        const [one, two] = (await of.kind.good(2)) as [Row, Row];
        const rows = [one, of.kind.bad(), two];
        const results = await takeApart(of.kind, rows);
        assert.deepEqual(
          results.map((row) => row.ok || row.fault.kind),
          [true, of.kind.refused, true],
        );
        await counts(of, [one, two], 1);
        const quoted = JSON.stringify(results).includes("@");
        assert.equal(quoted, false, "a fault quotes an address");
      },
    ),
    batchCase(`${effect}: rows that are there already, among new ones`, effect, async (of) => {
      const rows = await of.kind.good(4);
      const before = expectOk(await of.kind.alone(rows[2]?.input, soon()));
      const results = (await takeApart(of.kind, rows)).map(expectOk);
      assert.equal(results[2]?.recordId, before.recordId);
      assert.equal(new Set(results.map(({ recordId }) => recordId)).size, rows.length);
      await counts(of, rows, 1);
    }),
    batchCase(
      `${effect}: the same row twice in a batch, and five batches at once, are one record a key`,
      effect,
      async (of) => {
        const rows = await of.kind.good(3);
        const [twice] = rows as [Row];
        const doubled = (await takeApart(of.kind, [...rows, twice])).map((row) => expectOk(row).recordId);
        assert.equal(doubled.at(-1), doubled[0]);
        await counts(of, rows, 1);
        const race = await of.kind.good(3);
        const results = (await Promise.all(Array.from({ length: 5 }, () => send(of.kind, race)))).flat();
        for (const row of results) if (!row.ok) assert.equal(row.fault.kind, "record-passing", row.fault.code);
        await counts(of, race, 1);
      },
    ),
    batchCase(
      `${effect}: 429, an unreachable CRM and a deadline that is over carried out nothing`,
      effect,
      async (of) => {
        const rows = await of.kind.good(2);
        const away = getKind(of.subject.unreachable, effect);
        for (const row of [...(await send(away, rows)), ...(await send(of.kind, rows, -1))]) {
          const fault = expectFault(row);
          assert.deepEqual([fault.kind, fault.unknown], ["outage", false]);
        }
        await of.subject.inject(effect, "rate-limited");
        const limited = expectFault((await send(of.kind, rows))[0] as CallResult<Written>);
        assert.deepEqual([limited.kind, limited.unknown], ["outage", false]);
        assert.equal(limited.kind === "outage" ? limited.retryAfterMs : null, 7_000);
        await counts(of, rows, 0);
      },
    ),
    batchCase(`${effect}: an answer that names no row leaves each to be sent by itself`, effect, async (of) => {
      const rows = await of.kind.good(2);
      await of.subject.inject(effect, "partial-failure");
      for (const row of await send(of.kind, rows)) assert.notEqual(expectFault(row).kind, "outage");
      await counts(of, rows, 0);
      (await takeApart(of.kind, rows)).map(expectOk);
      await counts(of, rows, 1);
    }),
  ];
}

interface Subject {
  readonly subject: ConformanceSubject;
  readonly kind: Kind;
  readonly effect: BatchedEffect;
}

function batchCase(name: string, effect: BatchedEffect, run: (of: Subject) => Promise<void>): ConformanceCase {
  return {
    name: `batch of ${name}`,
    run: async (subject) => {
      if (subject.crm.records[effect].write.batch === undefined) return;
      await run({ subject, effect, kind: getKind(subject.crm, effect) });
    },
  };
}

/** Each row's result, as the caller of a batch understands it: a fault of the whole is every row's. */
async function send(kind: Kind, rows: readonly Row[], milliseconds = PATIENT_MS): Promise<CallResult<Written>[]> {
  const result = await kind.batch.send(
    rows.map(({ input }) => input),
    inMs(milliseconds),
  );
  if (!result.ok) return rows.map(() => result);
  assert.equal(result.value.length, rows.length);
  return [...result.value];
}

/** The batch, and then each row with a record's fault by itself, as the port allows. */
async function takeApart(kind: Kind, rows: readonly Row[]): Promise<CallResult<Written>[]> {
  const results = await send(kind, rows);
  for (const [index, row] of results.entries()) {
    if (!row.ok && row.fault.kind !== "outage") results[index] = await kind.alone(rows[index]?.input, soon());
  }
  return results;
}

async function counts({ subject, effect }: Subject, rows: readonly Row[], n: number): Promise<void> {
  for (const { key } of rows) assert.equal(await subject.count(effect, key, FILENAME), n, key);
}

function getKind(crm: Crm, effect: BatchedEffect): Kind {
  const batch = crm.records[effect].write.batch as Batch<unknown, Written>;
  const contact = (id: string): { email: string; firstName: string; lastName: string } => ({
    email: `Mara.${id}@example.com`.toLowerCase(),
    firstName: "Mara",
    lastName: "Núñez",
  });
  const deal = (key: string, contactId: string): object => ({
    key,
    name: `Anfrage ${key}`,
    contactId,
    pipeline: null,
    stage: null,
    tags: ["email-sourced"],
  });
  const contactId = async (): Promise<string> =>
    expectOk(await crm.records.contact.write(contact(plainId()), soon())).recordId;
  const many = (n: number, make: (id: string) => Row): Row[] => Array.from({ length: n }, () => make(plainId()));
  const alone = crm.records[effect].write as Kind["alone"];
  switch (effect) {
    case "contact": {
      const row = (email: string): Row => ({ key: email, input: { ...contact(""), email } });
      return {
        batch,
        alone,
        good: async (n) => many(n, (id) => row(contact(id).email)),
        bad: () => row("no-one@"),
        // Made without the address that the CRM refuses (L27).
        refused: true,
      };
    }
    case "deal":
    case "activity": {
      const row = (key: string, of: string): Row => ({
        key,
        input: effect === "deal" ? deal(key, of) : activityInput(key, of, null),
      });
      const prefix = effect === "deal" ? "cnv" : "eml";
      return {
        batch,
        alone,
        good: async (n) => {
          const of = await contactId();
          return many(n, (id) => row(`${prefix}_${id}`, of));
        },
        bad: () => row(`${prefix}_${plainId()}`, "999999999"),
        refused: "record-permanent",
      };
    }
  }
}
