import { describe, expect, test } from "vitest";
import { fixedToken } from "../calls/access-tokens.ts";
import type { CallReport } from "../calls/call-report.ts";
import { createCaller } from "../calls/caller.ts";
import type { ActivityInput } from "../port.ts";
import type { Exchange, ExchangeResult, Transport } from "../calls/transport.ts";
import { createActivity, updateActivity } from "./activities.ts";
import { createOdooClient } from "./client.ts";
import { upsertContact } from "./contacts.ts";
import { createDeal, getDeal } from "./deals.ts";
import { externalName } from "./external-id.ts";
import { odooSetup } from "./prepare.ts";

const soon = { deadline: performance.now() + 60_000 };
const place = { pipeline: null, stage: null };
const activity: ActivityInput = {
  key: "eml_1",
  subject: "Hello",
  text: "Hello",
  html: null,
  at: Date.UTC(2026, 4, 17, 9, 30, 15),
  from: { email: "ada@example.com", name: 'Ada "A" Byron' },
  to: [{ email: "sales@inlet.example", name: null }],
  cc: [],
  messageId: "m1@example.com",
  inReplyTo: null,
  spamVerdict: null,
  attachmentCount: 0,
  contactId: "6",
  companyId: null,
  dealId: null,
  fileIds: [],
};

interface Sent {
  readonly method: string;
  readonly args: {
    readonly ids?: readonly number[];
    readonly vals?: object;
    readonly context?: object;
    readonly fields?: readonly string[];
    readonly data?: readonly (readonly string[])[];
  };
  readonly headers: Exchange["headers"];
}

/** A client whose Odoo answers by the called method, in turn. */
function odooThatAnswers(answers: Record<string, unknown[]>) {
  const sent: Sent[] = [];
  const calls: CallReport[] = [];
  const logged: object[] = [];
  const transport: Transport = {
    exchange: async ({ path, body, headers }): Promise<ExchangeResult> => {
      const method = path.replace("/odoo/json/2/", "");
      sent.push({ method, args: JSON.parse(body as string) as Sent["args"], headers });
      const answer = answers[method]?.shift();
      if (answer === undefined) throw new Error(`unexpected call of ${method}`);
      const failed = answer as { status?: number; name?: string };
      return failed.name === undefined
        ? { kind: "answer", status: 200, headers: {}, text: JSON.stringify(answer) }
        : { kind: "answer", status: failed.status ?? 500, headers: {}, text: JSON.stringify(failed) };
    },
    close: async () => {},
  };
  const caller = createCaller("odoo", {
    transport,
    baseUrl: "https://crm.example/odoo/",
    tokens: fixedToken(() => "key-of-demo"),
    authorization: (key) => ({ authorization: `bearer ${key}` }),
    timeoutMs: 1_000,
    tenant: "demo",
    log: { warn: (fields) => void logged.push(fields), debug: () => {} },
    onCall: (report) => void calls.push(report),
  });
  const client = createOdooClient(caller, "crm");
  return { client, sent, calls, logged };
}

/** The row that a `load` was called with, by its fields. */
function getRow(sent: Sent | undefined): Record<string, string | undefined> {
  const { fields = [], data = [] } = sent?.args ?? {};
  return Object.fromEntries(fields.map((field, at) => [field, data[0]?.[at]]));
}

const loaded = (id: number): object => ({ ids: [id], messages: [], nextrow: 0 });
const message = { id: 9, subject: "Hello", body: "", attachment_ids: [3], model: "res.partner", res_id: 6 };

describe("what is sent", () => {
  test("a call names its database and key; its report names the method and no id", async () => {
    const { client, sent, calls } = odooThatAnswers({ "crm.lead/search_read": [[{ id: 7 }]] });
    expect(await getDeal(client, "7", soon)).toEqual({ ok: true, value: { recordId: "7", closed: null } });
    expect(sent[0]?.headers).toMatchObject({ authorization: "bearer key-of-demo", "x-odoo-database": "crm" });
    expect(sent[0]?.args.context).toMatchObject({ lang: "en_US", tz: "UTC", active_test: false });
    expect(calls.map(({ operation, outcome }) => [operation, outcome])).toEqual([
      ["odoo POST /json/2/crm.lead/search_read", "ok"],
    ]);
  });

  test("a contact that people made is used; a new one is loaded under the hash of its address", async () => {
    const ada = { email: "ada@example.com", firstName: "Ada", lastName: null };
    const known = odooThatAnswers({ "res.partner/search_read": [[{ id: 6 }]] });
    expect(await upsertContact(known.client, ada, soon)).toEqual({
      ok: true,
      value: { recordId: "6", created: false },
    });
    const { client, sent } = odooThatAnswers({ "res.partner/search_read": [[]], "res.partner/load": [loaded(8)] });
    expect(await upsertContact(client, ada, soon)).toEqual({ ok: true, value: { recordId: "8", created: null } });
    expect(sent[1]?.args).toMatchObject({
      fields: ["id", "name", "email"],
      data: [[`inlet.${externalName("contact", ada.email)}`, "Ada", ada.email]],
      context: { mode: "update", noupdate: true },
    });
  });

  test("a deal's place is a name or a number; the input's pipeline brings its own stage", async () => {
    const { client, sent } = odooThatAnswers({ "crm.lead/load": [loaded(1), loaded(2)] });
    const deal = { key: "cnv_1", name: "x", contactId: "6", tags: ["email-sourced", "a,b"], ...place };
    await createDeal(client, { pipeline: "Sales", stage: "2" }, deal, soon);
    await createDeal(client, { pipeline: "Sales", stage: "2" }, { ...deal, pipeline: "4", stage: null }, soon);
    const rows = sent.map(getRow);
    expect(rows[0]).toMatchObject({ team_id: "Sales", "stage_id/.id": "2", tag_ids: "email-sourced,a b" });
    expect(rows[1]).toMatchObject({ "team_id/.id": "4" });
    expect(Object.keys(rows[1] ?? {})).not.toContain("stage_id/.id");
  });

  test("an activity without a deal lies on its contact, with the email's own Message-ID and date", async () => {
    const { client, sent } = odooThatAnswers({ "mail.message/load": [loaded(9)] });
    await createActivity(client, activity, soon);
    const row = getRow(sent[0]);
    expect(row).toMatchObject({
      id: "inlet.activity_eml_1",
      model: "res.partner",
      res_id: "6",
      message_id: "<m1@example.com>",
      date: "2026-05-17 09:30:15",
      email_from: '"Ada A Byron" <ada@example.com>',
    });
  });
});

describe("files of an activity", () => {
  test("go where the message lies, which may be elsewhere than it was first written", async () => {
    const { client, sent } = odooThatAnswers({
      "mail.message/load": [loaded(9)],
      "mail.message/search_read": [[{ ...message, model: "crm.lead", res_id: 5 }]],
      "ir.attachment/write": [true],
    });
    expect(await createActivity(client, { ...activity, fileIds: ["3"] }, soon)).toMatchObject({ ok: true });
    expect(sent[2]?.args).toMatchObject({ ids: [3], vals: { res_model: "crm.lead", res_id: 5 } });
  });

  test("that cannot be placed leave the activity unknown, so that it is sent again", async () => {
    const { client } = odooThatAnswers({
      "mail.message/load": [loaded(9)],
      "mail.message/search_read": [[message]],
      "ir.attachment/write": [{ status: 503, name: "werkzeug.exceptions.ServiceUnavailable" }],
    });
    const result = await createActivity(client, { ...activity, fileIds: ["3"] }, soon);
    expect(result).toMatchObject({ ok: false, fault: { kind: "outage", unknown: true } });
  });
});

describe("a deal named later", () => {
  test("takes the message over, with its files", async () => {
    const { client, sent } = odooThatAnswers({
      "mail.message/search_read": [[message]],
      "mail.message/write": [true],
      "ir.attachment/write": [true],
    });
    expect(await updateActivity(client, { recordId: "9", changed: { dealId: "5" } }, soon)).toMatchObject({ ok: true });
    expect(sent[1]?.args).toMatchObject({ ids: [9], vals: { model: "crm.lead", res_id: 5 } });
    expect(sent[2]?.args).toMatchObject({ ids: [3], vals: { res_model: "crm.lead", res_id: 5 } });
  });

  test("is the record's fault where the key's user may not move messages: no other email waits for it", async () => {
    const { client, logged } = odooThatAnswers({
      "mail.message/search_read": [[message]],
      "mail.message/write": [{ status: 403, name: "odoo.exceptions.AccessError", debug: "Traceback" }],
    });
    const result = await updateActivity(client, { recordId: "9", changed: { dealId: "5" } }, soon);
    expect(result).toMatchObject({ ok: false, fault: { kind: "record-permanent", code: "odoo:403:MOVE" } });
    expect(JSON.stringify([result, logged])).not.toContain("Traceback");
  });
});

test("a user who may not write is found out before the first email", async () => {
  const { client } = odooThatAnswers({ "res.partner/has_access": [true, true], "crm.lead/has_access": [false, false] });
  for (const look of [odooSetup(client).atStart, odooSetup(client).verify])
    expect(await look(null, soon)).toMatchObject({ ok: false, fault: { kind: "outage", code: "odoo:403:ACCESS" } });
});

test("ids that no database has are not asked for", async () => {
  const { client } = odooThatAnswers({});
  for (const id of ["0", "99999999999", "1 or 1", ""]) {
    expect(await getDeal(client, id, soon)).toEqual({ ok: true, value: null });
  }
});
