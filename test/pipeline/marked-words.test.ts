import { sendNotifications } from "@inlet/crm-sink/src/finish/send-notifications.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  buildMarkedMail,
  buildMarks,
  PARTS,
  startMarkedInlet,
  type CrmAnswer,
  type MarkedInlet,
  type Marks,
  type Part,
} from "../running/marked-mail.ts";

/**
 * Where words of an email may stand in the ledger, and why (docs/concepts/ledger.md). Everything else that those who operate can see (log
 * lines, spans, metrics, outcomes in the outbox, all other columns) holds none of them. The sender's domain is not marked: it may stand anywhere.
 */
const MAY_HOLD: Readonly<Record<string, { readonly parts: readonly Part[]; readonly why: string }>> = {
  "waiting.value": { parts: PARTS, why: "the record itself, while it waits" },
  "notices.body": { parts: PARTS, why: "what a rule tells the tenant's own system, until it is sent" },
  "deliveries.message_id": { parts: ["id"], why: "emails are found by their Message-ID" },
  "messages.message_id": { parts: ["id"], why: "replies are matched by it" },
  "effects.key": { parts: ["local"], why: "one contact an address, written once" },
  "deliveries.effects": { parts: ["local"], why: "the keys of its effects, the contact's among them" },
  "deliveries.evidence": {
    parts: ["recipient"],
    why: "which address the tenant's file lacks, of an unknown recipient",
  },
};

interface Path {
  /** More lines of the tenant's file. */
  readonly more?: string;
  readonly extension?: string;
  readonly change?: (mail: string, marks: Marks) => string;
  /** What stands in its way. */
  readonly before?: (inlet: MarkedInlet, marks: Marks) => void | Promise<void>;
  /** What comes after it. */
  readonly after?: (inlet: MarkedInlet, record: Sent) => Promise<void>;
  readonly ends: { readonly state: string; readonly reason?: string };
}
type Sent = NonNullable<Awaited<ReturnType<MarkedInlet["parse"]>>["record"]>;

const RULES = (url: string): string => `
notices:
  chat: { url: "${url}", secret: env:NOTICE_SECRET }
rules:
  - id: all
    when: { keywords: [offer] }
    then: { createTask: { title: "Quote for {subject}", dueIn: 1d }, notify: chat }
`;
/** Nothing listens there. */
const AWAY = "https://127.0.0.1:9/inlet";

const planted = (marks: Marks): Error =>
  new TypeError(`cannot read ${Object.values(marks).join(" ")}`, { cause: new Error(marks.text) });
/** The CRM's answer quotes what it was sent, as HubSpot's does. */
const echo =
  (status: number, path: RegExp): CrmAnswer =>
  (call) =>
    path.test(call.path) && !/search|batch\/read/.test(call.path)
      ? {
          status,
          body: {
            status: "error",
            category: "VALIDATION_ERROR",
            message: `not valid: ${call.body}`,
            errors: [{ message: call.body, code: "INVALID", context: { given: [call.body] } }],
          },
        }
      : null;
const answering =
  (status: number, path: RegExp): NonNullable<Path["before"]> =>
  (started) =>
    void (started.answer = echo(status, path));
const scanning =
  (scan: object): NonNullable<Path["before"]> =>
  ({ parser }) =>
    void Object.assign(parser.deps, { scanner: { scan: async () => scan, ready: async () => true } });
const failing =
  (where: RegExp): NonNullable<Path["before"]> =>
  ({ sink }, marks) =>
    void Object.assign(sink, {
      failpoint: (name: string) => {
        if (where.test(name)) throw planted(marks);
      },
    });

/** One line a path. Those after which the sink spares the CRM for a while stand last. */
const PATHS: Readonly<Record<string, Path>> = {
  written: { ends: { state: "written" } },
  "delivered twice": {
    after: async (started, record) => started.deliver(record),
    ends: { state: "written" },
  },
  "replayed under another mapping": {
    after: async (started, record) => {
      started.map("maxAge: 30d");
      await started.deliver(record);
    },
    ends: { state: "written" },
  },
  "suppressed by its class": {
    change: (mail) => `Auto-Submitted: auto-replied\r\n${mail}`,
    ends: { state: "suppressed", reason: "auto_reply" },
  },
  "for an unknown recipient": {
    more: "unknownRecipients: { http: quarantine }",
    change: (mail) => mail.replace("sales@acme.example", "unknown@acme.example"),
    ends: { state: "dead_lettered", reason: "unknown_recipient" },
  },
  "without a sender": {
    change: (mail) => mail.replace(/^From: "([^"]*)".*$/m, 'From: "$1"\r'),
    ends: { state: "dead_lettered", reason: "no_sender" },
  },
  "no email at all": {
    change: (_, marks) => `${Object.values(marks).join(" ")}\0\r\n`,
    ends: { state: "dead_lettered" },
  },
  "a parser that fails, in the words of the email": {
    before: ({ parser }, marks) =>
      void Object.assign(parser.deps, {
        pool: {
          parse: async () => {
            throw planted(marks);
          },
        },
      }),
    ends: { state: "waiting" },
  },
  "an attachment refused": {
    extension: "exe",
    more: "attachments: { onRefusal: dead-letter }",
    ends: { state: "dead_lettered", reason: "attachment_refused" },
  },
  "an attachment dropped": { extension: "exe", ends: { state: "written" } },
  "an attachment infected": {
    before: scanning({ kind: "infected", signature: "Eicar" }),
    ends: { state: "written" },
  },
  "the scanner away": { before: scanning({ kind: "away", code: "ECONNREFUSED" }), ends: { state: "waiting" } },
  "a rule's task refused, and quoted": {
    more: RULES(AWAY),
    before: answering(400, /tasks/),
    ends: { state: "written" },
  },
  "a rule's notice whose receiver is away": {
    more: RULES(AWAY),
    after: async ({ sink, database }) => {
      const sending = sendNotifications(sink);
      await expect
        .poll(async () => database.query("select 1 from notices where attempts > 0", []), { timeout: 30_000 })
        .not.toEqual([]);
      await sending.stop();
    },
    ends: { state: "written" },
  },
  "the CRM refuses the contact, and quotes it": {
    before: answering(400, /contacts/),
    ends: { state: "dead_lettered", reason: "crm_rejected" },
  },
  "the CRM refuses the deal, and quotes it": { before: answering(400, /deals/), ends: { state: "dead_lettered" } },
  "the CRM refuses the activity, and quotes it": {
    before: answering(400, /emails/),
    ends: { state: "dead_lettered" },
  },
  "the CRM says no more than 403, and quotes it": { before: answering(403, /contacts/), ends: { state: "waiting" } },
  "the CRM fails, and quotes it": { before: answering(500, /contacts/), ends: { state: "waiting" } },
  "the CRM fails at the activity, and quotes it": { before: answering(500, /emails/), ends: { state: "waiting" } },
  "the CRM does not answer": {
    before: ({ sandbox }) => void sandbox.faults.add({ match: { method: "POST" }, drop: "after", times: 1 }),
    ends: { state: "waiting" },
  },
  "a sink that fails, in the words of the email": { before: failing(/before-call/), ends: { state: "waiting" } },
  "a sink that fails after a call": { before: failing(/after-call/), ends: { state: "waiting" } },
  "the CRM is busy, and quotes it": { before: answering(429, /contacts/), ends: { state: "waiting" } },
  "held back by an operator": {
    before: async ({ database }) => {
      await database.query("insert into buffers (tenant, why, actor) values ($1, $2, $3)", ["acme", "test", "ana"]);
    },
    ends: { state: "waiting" },
  },
};

let inlet: MarkedInlet;
beforeAll(async () => {
  inlet = await startMarkedInlet();
}, 120_000);
afterAll(async () => inlet?.close());

it.each(Object.entries(PATHS))(
  "%s",
  async (name, path) => {
    const marks = buildMarks(Object.keys(PATHS).indexOf(name));
    const { parser, sink } = inlet;
    const { pool, scanner } = parser.deps;
    const { failpoint } = sink;
    inlet.map(path.more ?? "");
    await path.before?.(inlet, marks);
    const mail = buildMarkedMail(marks, path.extension);
    const { eventId, record } = await inlet.parse(path.change?.(mail, marks) ?? mail);
    if (record !== null) {
      await inlet.deliver(record);
      await path.after?.(inlet, record);
    }
    const ended = await inlet.database.query(
      "select d.state, coalesce(d.reason, w.code) as reason from deliveries d left join waiting w using (tenant, event_id) where d.event_id = $1",
      [eventId],
    );
    expect(findLeaks(await inlet.readSeen(), marks)).toEqual([]);
    expect(ended).toMatchObject([path.ends]);
    // An email that only waits for a pause of the CRM shows nothing of its own path.
    expect(ended).not.toMatchObject([{ reason: "quota" }]);

    inlet.answer = null;
    inlet.sandbox.faults.clear();
    Object.assign(parser.deps, { pool, scanner });
    Object.assign(sink, { failpoint });
    for (const table of ["circuits", "failing_operations", "failed_calls", "buffers"])
      await inlet.database.query(`delete from ${table} where tenant = $1`, ["acme"]);
  },
  60_000,
);

it("the search finds what is there: each column that may hold a word did hold one", async () => {
  const seen = await inlet.readSeen();
  const unused = Object.keys(MAY_HOLD).filter((place) => !/zwolf[a-z]+q/.test(seen.get(place) ?? ""));
  expect(unused).toEqual([]);
  for (const place of ["logs", "spans", "metrics", "outbox.value"]) expect(seen.get(place), place).toContain("acme");
});

function findLeaks(seen: ReadonlyMap<string, string>, marks: Marks): string[] {
  return [...seen].flatMap(([place, text]) => {
    const lower = text.toLowerCase();
    return PARTS.filter((part) => lower.includes(marks[part]) && MAY_HOLD[place]?.parts.includes(part) !== true).map(
      (part) => `${place} holds the ${part}`,
    );
  });
}
