import { randomUUID } from "node:crypto";
import { appendFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { odooPeople } from "../conformance/crm/odoo-people.ts";
import { odooServer, type OdooServer } from "../conformance/crm/odoo-server.ts";
import { allWritten, killSinkAt, readAgain } from "../running/emails.ts";
import { runInlet, type RunningInlet, type Service } from "../running/running-inlet.ts";

/** kill -9 of the sink around every call that writes. The claims of a dead sink are settled when its lease is over. */
const POINTS = [
  ...["company", "contact", "deal", "task", "stage", "file", "activity"].flatMap((call) => [
    `before-call:${call}`,
    `after-call:${call}`,
  ]),
  "before-end",
  "after-end",
];
/** Every email makes a task and moves its opportunity. */
const RULES = `
rules:
  - id: every-email
    when: { class: [human] }
    then: { createTask: { title: "Answer {subject}", dueIn: 1d }, setStage: { stage: Qualified } }
`;
/** Part of every address and subject, so that records of earlier runs do not count. */
const RUN = randomUUID().slice(0, 8);

let odoo: OdooServer;
let inlet: RunningInlet;
let gateway: Service;
let parser: Service;
let sinks: Service[] = [];
const sent: string[] = [];

beforeAll(async () => {
  odoo = odooServer();
  inlet = await runInlet({
    crm: {
      yaml: `{ kind: odoo, baseUrl: "${odoo.url}", database: "${odoo.database}", token: env:TEST_ODOO_KEY, timeout: 5s, companies: create }`,
      env: { TEST_ODOO_KEY: odoo.apiKey },
    },
    tenant: { yaml: RULES },
  });
  gateway = await inlet.start("ingest-gateway");
  parser = await inlet.start("parser");
}, 300_000);
afterAll(async () => inlet?.close());

it("emails end in Odoo once, though the sink is killed around every call", async () => {
  for (const point of POINTS) await killSinkAt(inlet, point, async () => send({ references: null }));
  await startSinks();
  await allWritten(inlet, sent);
  for (let n = 1; n <= sent.length; n += 1) expect([n, await countRecords(n)]).toEqual([n, ONCE]);
}, 600_000);

it("a reply is written to the opportunity of its conversation, with its file", async () => {
  await send({ references: 1 });
  await allWritten(inlet, sent);
  const [first, reply] = await Promise.all([findMessage(1), findMessage(sent.length)]);
  expect(reply).toMatchObject({ model: "crm.lead", res_id: first?.["res_id"], message_type: "email" });
  expect(await countRecords(sent.length)).toEqual({ ...ONCE, opportunities: 0, inStage: 0 });
}, 60_000);

it("people delete, merge, archive and lose records while mail flows, and every email ends written where it belongs", async () => {
  await startSinks();
  const people = odooPeople(odoo);
  const threads = new Map(
    ["contact deleted", "contact merged", "deal deleted", "deal merged", "archived", "lost", "winner"].map((name) => [
      name,
      name.replace(" ", "-"),
    ]),
  );
  const mails: string[] = [];
  const write = async (thread: string, place: string, begins = false): Promise<string> => {
    const eventId = await sendPost(thread, place, begins);
    mails.push(eventId);
    return eventId;
  };
  const everyThread = async (place: string): Promise<string[]> =>
    Promise.all([...threads.values()].map(async (thread) => write(thread, place)));

  await Promise.all([...threads.values()].map(async (thread) => write(thread, "0", true)));
  await allWritten(inlet, mails);
  const at = new Map<string, { deal: number; contact: number }>();
  for (const [name, thread] of threads) at.set(name, await findPlace(thread));
  const of = (name: string): { deal: number; contact: number } => at.get(name) ?? { deal: 0, contact: 0 };

  // Mail goes on while the records go: what is under way belongs to either.
  await Promise.all([
    everyThread("1"),
    everyThread("2"),
    people.remove("res.partner", of("contact deleted").contact),
    people.mergeContacts(of("winner").contact, of("contact merged").contact),
    people.remove("crm.lead", of("deal deleted").deal),
    people.mergeOpportunities(of("winner").deal, of("deal merged").deal),
    people.setActive("res.partner", of("archived").contact, false),
    people.setActive("crm.lead", of("archived").deal, false),
    people.lose(of("lost").deal),
  ]);
  await everyThread("3");
  await everyThread("4");
  const anew = await write("lost", "anew", true);
  await allWritten(inlet, mails);

  const later = ["3", "4"];
  const deals = new Map<string, Set<unknown>>();
  for (const [name, thread] of threads)
    deals.set(name, new Set(await Promise.all(later.map(async (place) => findMailDeal(thread, place)))));
  const winner = of("winner").deal;
  const newDeal = [...(deals.get("deal deleted") ?? [])];
  expect(Object.fromEntries([...deals].map(([name, ids]) => [name, [...ids]]))).toEqual({
    "contact deleted": [of("contact deleted").deal],
    "contact merged": [of("contact merged").deal],
    "deal deleted": [expect.any(Number)],
    "deal merged": [winner],
    archived: [of("archived").deal],
    lost: [of("lost").deal],
    winner: [winner],
  });
  expect(newDeal).not.toContain(of("deal deleted").deal);
  expect(await odoo.call("crm.lead", "search_count", { domain: [["id", "in", newDeal]] })).toBe(1);
  // Whose messages they are: the contact made once more, and the one that the merged became part of.
  expect(await findAuthor("contact-deleted", "4")).not.toBe(of("contact deleted").contact);
  expect(await findAuthor("contact-merged", "4")).toBe(of("winner").contact);
  expect(await findAuthor("archived", "4")).toBe(of("archived").contact);
  // A new thread under the subject of the lost one (L30).
  const begun = await findMailDeal("lost", "anew");
  expect(begun).not.toBe(of("lost").deal);
  expect((await inlet.inlet("show", anew)).stdout).toContain(`the deal ${of("lost").deal} is closed`);
  // Nothing twice, nothing at records that are not there.
  for (const thread of threads.values())
    for (const place of later)
      expect([thread, place, (await findMessages(thread, place)).length]).toEqual([thread, place, 1]);
}, 300_000);

it("offsets reset to the beginning: everything is read again under another mapping, and nothing is written again", async () => {
  await Promise.all([...sinks, parser].map(async (service) => service.stop()));
  await appendFile(inlet.tenantFile, "classes: { newsletter: write }\n");
  await readAgain(inlet, async () => Promise.all([inlet.start("parser"), inlet.start("crm-sink")]));
  for (let n = 1; n < sent.length; n += 1) expect([n, await countRecords(n)]).toEqual([n, ONCE]);
  expect(await inlet.inlet("reconcile", "--deep")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/lost 0\n[^]*every email is accounted for/),
  });
}, 240_000);

/** Two, whichever test comes first. */
async function startSinks(): Promise<void> {
  if (sinks.length === 0) sinks = await Promise.all([inlet.start("crm-sink"), inlet.start("crm-sink")]);
}

const ONCE = {
  companies: 1,
  contacts: 1,
  opportunities: 1,
  inStage: 1,
  messages: 1,
  tasks: 1,
  files: 1,
  filesElsewhere: 0,
};

/** What Odoo has of an email, by content, whatever Inlet trusts. */
async function countRecords(n: number): Promise<Record<string, number>> {
  const count = async (model: string, ...domain: unknown[]): Promise<number> =>
    Number(await odoo.call(model, "search_count", { domain, context: { active_test: false } }));
  const message = await findMessage(n);
  const file = ["name", "=", `prices-${RUN}-${n}.csv`];
  const lead = ["email_from", "ilike", `sender-${n}@${RUN}-${n}.example`];
  return {
    companies: await count("res.partner", ["is_company", "=", true], ["website", "ilike", `${RUN}-${n}.example`]),
    contacts: await count("res.partner", ["email_normalized", "=", `sender-${n}@${RUN}-${n}.example`]),
    opportunities: await count("crm.lead", lead),
    inStage: await count("crm.lead", lead, ["stage_id.name", "=", "Qualified"]),
    messages: await count("mail.message", ["message_id", "=", `<${n}@${RUN}.example>`]),
    tasks: await count("mail.activity", ["summary", "=", `Answer ${RUN} ${n}`]),
    files: await count("ir.attachment", file),
    filesElsewhere:
      (await count("ir.attachment", file)) -
      (await count("ir.attachment", file, ["res_model", "=", "crm.lead"], ["res_id", "=", message?.["res_id"] ?? 0])),
  };
}

async function findMessage(n: number): Promise<Record<string, unknown> | undefined> {
  const domain = [["message_id", "=", `<${n}@${RUN}.example>`]];
  const rows = await odoo.call("mail.message", "search_read", { domain, fields: ["model", "res_id", "message_type"] });
  return (rows as Record<string, unknown>[])[0];
}

const buildId = (thread: string, place: string): string => `${thread}.${place}@${RUN}.people.example`;

/** An email of the thread's sender, an answer to the thread's first one or the first of a thread; its subject is the thread's. */
async function sendPost(thread: string, place: string, begins: boolean): Promise<string> {
  return inlet.post(
    gateway,
    buildId(thread, place),
    [
      `From: ${thread} <sender@${thread}.${RUN}.example>`,
      "To: sales@inlet.example",
      `Subject: ${begins ? "" : "Re: "}Quotation for ${thread} ${RUN}`,
      "Date: Mon, 23 Nov 2026 10:00:00 +0000",
      `Message-ID: <${buildId(thread, place)}>`,
      ...(begins ? [] : [`References: <${buildId(thread, "0")}>`]),
      "",
      `Mail ${place} of ${thread}.`,
      "",
    ].join("\r\n"),
  );
}

async function findMessages(thread: string, place: string): Promise<readonly Record<string, unknown>[]> {
  const domain = [["message_id", "=", `<${buildId(thread, place)}>`]];
  const rows = await odoo.call("mail.message", "search_read", { domain, fields: ["model", "res_id", "author_id"] });
  return rows as Record<string, unknown>[];
}

/** The opportunity that the email is at; null where it is at none that is there. */
async function findMailDeal(thread: string, place: string): Promise<unknown> {
  const [message] = await findMessages(thread, place);
  if (message?.["model"] !== "crm.lead") return null;
  const domain = [["id", "=", message["res_id"]]];
  const there = await odoo.call("crm.lead", "search_count", { domain, context: { active_test: false } });
  return there === 1 ? message["res_id"] : null;
}

async function findAuthor(thread: string, place: string): Promise<number> {
  const author = (await findMessages(thread, place))[0]?.["author_id"];
  return Array.isArray(author) ? Number(author[0]) : 0;
}

async function findPlace(thread: string): Promise<{ deal: number; contact: number }> {
  return { deal: Number(await findMailDeal(thread, "0")), contact: await findAuthor(thread, "0") };
}

/** An email of a new sender with a file; of a new conversation, or a reply to an earlier one. */
async function send({ references }: { readonly references: number | null }): Promise<void> {
  const n = sent.length + 1;
  const thread = references === null ? "" : `References: <${references}@${RUN}.example>\r\n`;
  sent.push(
    await inlet.post(
      gateway,
      `${RUN}-${n}`,
      `From: Sender ${n} <sender-${n}@${RUN}-${n}.example>\r
To: sales@inlet.example\r
Subject: ${RUN} ${n}\r
Date: Mon, 23 Nov 2026 10:00:00 +0000\r
Message-ID: <${n}@${RUN}.example>\r
${thread}MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=b\r
\r
--b\r
Content-Type: text/plain\r
\r
What does it cost?\r
--b\r
Content-Type: text/csv; name=prices-${RUN}-${n}.csv\r
Content-Disposition: attachment; filename=prices-${RUN}-${n}.csv\r
\r
item,price,${n}\r
--b--\r
`,
    ),
  );
}
