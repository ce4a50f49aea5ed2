import { buildEmail, buildRecord } from "@inlet/crm-sink/testing/emails.ts";
import { createPreviewer, type DeliveryPreview } from "@inlet/crm-sink/src/replay/preview-deliveries.ts";
import { handleRecord } from "@inlet/crm-sink/src/intake/handle-record.ts";
import { findUnchanged } from "@inlet/crm-sink/src/replay/find-unchanged.ts";
import type { KafkaRecord } from "@inlet/kafka";
import { ledgerOn, withoutWriting } from "@inlet/ledger/testing";
import type { NormalizedEvent } from "@inlet/schemas";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startReplayingSink, type ReplayingSink } from "../running/replaying-sink.ts";

/** What a dry run says, and what the real run then does: the same, case by case; and the dry run writes nothing anywhere. */
let sink: ReplayingSink;
beforeAll(async () => {
  sink = await startReplayingSink();
}, 120_000);
afterAll(async () => sink?.close());

const CRM = "crm: { kind: hubspot, baseUrl: BASE_URL, token: env:CRM_TOKEN, pipeline: default, stage: qualifiedtobuy }";
const MOVED = CRM.replace("qualifiedtobuy", "presentationscheduled");
const RULE = `rules:
  - id: quote
    when: { keywords: [hello] }
    then: { createTask: { title: "Quote", dueIn: 1d } }
`;
const TAGGED = `mailboxes: { sales: { addresses: [sales@inlet.example], tags: { queue: vip } } }\n${CRM}`;
const NEWSLETTER: Partial<NormalizedEvent> = { classification: { kind: "newsletter", reasons: [] } };
const suppressing = (crm: string): string => `classes: { newsletter: suppress }\n${crm}`;
const writing = (crm: string): string => `classes: { newsletter: write }\n${crm}`;
const OTHER_WORDS = { text: "Hello, world", replyText: "Hello, world", contentHash: "other-words" };
const activity = () => sink.sandbox.store.all("emails").at(-1) as ReturnType<typeof sink.sandbox.store.all>[number];
const deal = () => sink.sandbox.store.all("deals").at(-1) as ReturnType<typeof sink.sandbox.store.all>[number];

interface Case {
  readonly before?: string;
  readonly after: string;
  readonly email?: Partial<NormalizedEvent>;
  /** What a later parser reads in it. */
  readonly parsedAnew?: Partial<NormalizedEvent>;
  /** What people do in the CRM meanwhile. */
  readonly people?: () => void;
  readonly says: Partial<DeliveryPreview>;
}

const write = (field: string, to: string | null) => expect.objectContaining({ field, to, result: "write" }) as never;
const keep = (field: string, to: string) => expect.objectContaining({ field, to, result: "keep" }) as never;
const made = (record: string) => expect.objectContaining({ record, field: null, result: "new" }) as never;

const CASES: Readonly<Record<string, Case>> = {
  "nothing changed": { after: CRM, says: { result: "unchanged", changes: [], calls: 0 } },
  "a mailbox has another tag": {
    after: TAGGED,
    parsedAnew: { addressTags: [{ kind: "queue", value: "vip", address: "sales@inlet.example" }] },
    says: { result: "changed", changes: [write("tags", "queue:vip")] },
  },
  "a later parser reads other words": {
    after: CRM,
    parsedAnew: OTHER_WORDS,
    says: {
      result: "changed",
      changes: [{ record: "activity", field: "text", from: "Hello", to: "Hello, world", result: "write" }],
    },
  },
  "a later parser reads other words, and people changed them since": {
    after: CRM,
    parsedAnew: OTHER_WORDS,
    people: () => void sink.sandbox.store.update(activity(), { hs_email_text: "by hand" }, Date.now(), 0),
    says: {
      result: "kept",
      changes: [{ record: "activity", field: "text", from: "by hand", to: "Hello, world", result: "keep" }],
    },
  },
  "a later parser reads other words, and people deleted the email": {
    after: CRM,
    parsedAnew: OTHER_WORDS,
    people: () => sink.sandbox.store.archive(activity(), Date.now()),
    says: { result: "suppressed", reason: "gone_in_crm", changes: [] },
  },
  "another stage": {
    after: MOVED,
    says: { result: "changed", changes: [write("place", "default/presentationscheduled")] },
  },
  "another stage, and people moved the deal since": {
    after: MOVED,
    people: () => void sink.sandbox.store.update(deal(), { dealstage: "closedwon" }, Date.now(), 0),
    says: { result: "kept", changes: [keep("place", "default/presentationscheduled")] },
  },
  "another stage, and people deleted the deal": {
    after: MOVED,
    people: () => sink.sandbox.store.archive(deal(), Date.now()),
    says: { result: "unchanged", changes: [] },
  },
  "a new rule": {
    after: `${RULE}${CRM}`,
    says: { result: "unchanged", changes: [expect.objectContaining({ record: "task", result: "not_fired" }) as never] },
  },
  "a class that is let through now": {
    before: suppressing(CRM),
    after: writing(CRM),
    email: NEWSLETTER,
    says: { result: "changed", changes: [made("contact"), made("deal"), made("activity")] },
  },
  "a class that is suppressed now": {
    before: writing(CRM),
    after: suppressing(CRM),
    email: NEWSLETTER,
    says: { result: "suppressed", changes: [], calls: 0 },
  },
  "let through now, and it names no sender": {
    before: suppressing(CRM),
    after: writing(CRM),
    email: { ...NEWSLETTER, from: null },
    says: { result: "dead_lettered", reason: "no_sender", changes: [] },
  },
  "a dead letter": {
    after: MOVED,
    email: { from: null },
    says: { result: "skipped", changes: [] },
  },
};

describe("a dry run says what the real run does", () => {
  it.each(Object.entries(CASES))(
    "%s",
    async (name, { before = CRM, after, email: change = {}, parsedAnew, people, says }) => {
      const tenant = `case-${Object.keys(CASES).indexOf(name)}`;
      sink.map(tenant, before);
      const email = buildEmail(tenant, "ada", change);
      await sink.deliver([email]);
      sink.map(tenant, after);
      people?.();
      const again = parsedAnew === undefined ? email : { ...email, ...parsedAnew, parsedAt: email.parsedAt + 1 };
      const record = await buildRecord(sink.deps.codec, again);

      const stood = await allRows();
      sink.calls.length = 0;
      const [preview] = await dryRun([record]);
      expect(preview).toMatchObject({ tenant, eventId: email.eventId, ...says });
      expect(sink.calls.filter((call) => !isRead(call))).toEqual([]);
      expect(await allRows()).toEqual(stood);

      expect(await realRun(record)).toEqual({ result: preview?.result, changes: preview?.changes });
    },
  );

  it("a console that is set up, or moves, shows in no diff and makes no replay write; the link to the whole email stays", async () => {
    const tenant = "linked";
    sink.map(tenant, CRM);
    const email = buildEmail(tenant, "ada");
    await sink.deliver([email]);
    const unlinked = activity();
    const console = (consoleUrl: string) => Object.assign(sink.deps, { consoleUrl });
    try {
      console("https://inlet.example");
      const record = await buildRecord(sink.deps.codec, email);
      expect(await dryRun([record])).toMatchObject([{ result: "unchanged", changes: [] }]);
      const linked = buildEmail(tenant, "bob");
      await handleRecord(sink.deps, {
        from: "kafka",
        record: await buildRecord(sink.deps.codec, linked),
        behindSlow: false,
        onKept: () => {},
      });
      expect(activity().properties["hs_email_text"]).toMatch(
        new RegExp(`\n\nFull email: https://inlet.example/e/linked/${linked.eventId}$`),
      );
      expect(unlinked.properties["hs_email_text"]).not.toContain("Full email");

      console("https://moved.example");
      const again = await buildRecord(sink.deps.codec, { ...linked, ...OTHER_WORDS, parsedAt: linked.parsedAt + 1 });
      const words = [{ record: "activity", field: "text", from: "Hello", to: "Hello, world", result: "write" }];
      expect(await dryRun([again])).toMatchObject([{ result: "changed", changes: words }]);
      expect(await realRun(again)).toEqual({ result: "changed", changes: words });
      expect(activity().properties["hs_email_text"]).toBe(
        `Hello, world\n\nFull email: https://moved.example/e/linked/${linked.eventId}`,
      );
    } finally {
      Reflect.deleteProperty(sink.deps, "consoleUrl");
    }
  });

  it("two emails of one conversation: the second finds what the first would make", async () => {
    const tenant = "conversation";
    sink.map(tenant, suppressing(CRM));
    const first = buildEmail(tenant, "ada", NEWSLETTER);
    const reply = buildEmail(tenant, "bob", { ...NEWSLETTER, conversationId: first.conversationId, from: first.from });
    await sink.deliver([first, reply]);
    sink.map(tenant, writing(CRM));
    const records = [await buildRecord(sink.deps.codec, first), await buildRecord(sink.deps.codec, reply)];
    const previews = await dryRun(records);
    const real = [];
    for (const record of records) real.push(await realRun(record));
    expect(previews.map(({ result, changes }) => ({ result, changes }))).toEqual(real);
    expect(real.map(({ changes }) => changes.map(({ record }) => record))).toEqual([
      ["contact", "deal", "activity"],
      ["activity"],
    ]);
  });
});

async function dryRun(records: readonly KafkaRecord[]): Promise<DeliveryPreview[]> {
  const ledger = { ...ledgerOn(withoutWriting(sink.database)), grants: sink.ledger.grants };
  const previewer = createPreviewer(sink.deps, ledger);
  try {
    return await previewer.preview(records);
  } finally {
    await previewer.close();
  }
}

/** As the replay's handler does it. */
async function realRun(record: KafkaRecord): Promise<Pick<DeliveryPreview, "result" | "changes">> {
  const [known] = await findUnchanged(sink.deps, [record]);
  if (known?.result !== undefined) return { result: known.result, changes: [] };
  const ended = Promise.withResolvers<Pick<DeliveryPreview, "result" | "changes">>();
  await handleRecord(sink.deps, {
    from: "kafka",
    record,
    behindSlow: false,
    onKept: () => {},
    replay: { charge: () => {}, ended: (result, changes) => ended.resolve({ result, changes }) },
  });
  return ended.promise;
}

function isRead(call: string): boolean {
  return call.startsWith("GET") || /\/(search|batch\/read)$/.test(call);
}

/** Written by the sink's own pollers meanwhile, whatever is asked. */
const OF_POLLERS = ["outbox", "parked_bytes", "waiting_counts", "mapping_versions", "crm_costs"];

/** Everything else that the ledger keeps, of every table. */
async function allRows(): Promise<unknown> {
  const tables = await sink.database.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> all ($1)",
    [OF_POLLERS],
  );
  const rows: Record<string, unknown> = {};
  for (const { name } of tables)
    rows[name] = await sink.database.query(
      `select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as all from ${name} t where $1`,
      [true],
    );
  return rows;
}
