import { afterEach, describe, expect, test } from "vitest";
import { createSandbox } from "./app.ts";
import type { Sandbox, SandboxOptions } from "./app.ts";
import { call, CONTACTS, contact } from "../testing/call.ts";

const closing: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

function sandbox(options: SandboxOptions = {}): Sandbox {
  const made = createSandbox({ seed: false, ...options });
  closing.push(() => made.app.close());
  return made;
}

const upsert = (...emails: string[]) => ({
  inputs: emails.map((id) => ({ id, idProperty: "email", properties: { email: id } })),
});

describe("HubSpot's answers", () => {
  test("a contact is made once; the second create is a 409 that names the first", async () => {
    const crm = sandbox();
    const first = await call(crm, "POST", CONTACTS, contact("Ada@example.com"));
    expect(first.status).toBe(201);
    const second = await call(crm, "POST", CONTACTS, contact("ada@EXAMPLE.com"));
    expect(second.status).toBe(409);
    expect(second.body).toMatchObject({
      status: "error",
      category: "CONFLICT",
      message: `Contact already exists. Existing ID: ${String(first.body["id"])}`,
    });
  });

  test("a batch upsert makes and updates, and tells which; a bad one among good ones makes it a 207", async () => {
    const crm = sandbox();
    const made = await call(crm, "POST", `${CONTACTS}/batch/upsert`, upsert("a@example.com"));
    expect([made.status, made.body["results"]]).toMatchObject([200, [{ new: true }]]);
    const mixed = await call(
      crm,
      "POST",
      `${CONTACTS}/batch/upsert`,
      upsert("a@example.com", "not an address", "b@example.com"),
    );
    expect(mixed.status).toBe(207);
    expect(mixed.body).toMatchObject({
      numErrors: 1,
      errors: [{ category: "VALIDATION_ERROR" }],
      results: [{ new: false }, { new: true }],
    });
    const tooMany = upsert(...Array.from({ length: 101 }, (_, n) => `c${n}@example.com`));
    expect((await call(crm, "POST", `${CONTACTS}/batch/upsert`, tooMany)).status).toBe(400);
    expect(crm.store.all("contacts")).toHaveLength(2);
  });

  test("a batch create is all or nothing, unless every input has an objectWriteTraceId: then the errors name theirs", async () => {
    const crm = sandbox();
    const inputs = [contact("a@example.com"), contact("not an address"), contact("b@example.com")];
    const whole = await call(crm, "POST", `${CONTACTS}/batch/create`, { inputs });
    expect([whole.status, whole.body["category"]]).toEqual([400, "VALIDATION_ERROR"]);
    expect(crm.store.all("contacts")).toEqual([]);
    const traced = inputs.map((input, n) => ({ ...input, objectWriteTraceId: `t${n}` }));
    const partly = await call(crm, "POST", `${CONTACTS}/batch/create`, { inputs: traced });
    expect(partly.status).toBe(207);
    expect(partly.body).toMatchObject({
      numErrors: 1,
      errors: [{ category: "VALIDATION_ERROR", context: { objectWriteTraceId: ["t1"] } }],
      results: [{ objectWriteTraceId: "t0" }, { objectWriteTraceId: "t2" }],
    });
    expect(crm.store.all("contacts")).toHaveLength(2);
    const twice = [traced[0], traced[0]];
    expect((await call(crm, "POST", `${CONTACTS}/batch/create`, { inputs: twice })).status).toBe(400);
  });

  test.each(["/crm/v4/associations", "/crm/associations/2026-03"])(
    "%s ties many pairs at once, and names those that cannot be",
    async (url) => {
      const crm = sandbox();
      const { id } = crm.store.create("deals", { dealname: "x", dealstage: "closedwon" }, 1);
      const person = crm.store.create("contacts", { email: "a@example.com" }, 1).id;
      const inputs = [person, "5"].map((to) => ({ from: { id }, to: { id: to } }));
      const tied = await call(crm, "POST", `${url}/deals/contacts/batch/associate/default`, { inputs });
      expect(tied.status).toBe(207);
      expect(tied.body).toMatchObject({
        results: [{ from: { id }, to: { id: person }, associationSpec: { associationTypeId: 3 } }],
        errors: [{ category: "OBJECT_NOT_FOUND", context: { fromObjectId: [id], toObjectId: ["5"] } }],
      });
    },
  );

  test.each<[string, object, string]>([
    ["contacts", { email: "nobody" }, "INVALID_EMAIL"],
    ["contacts", { shoe_size: "44" }, "PROPERTY_DOESNT_EXIST"],
    ["contacts", { hs_object_id: "1" }, "READ_ONLY_VALUE"],
    ["deals", { dealname: "x" }, "required properties"],
    ["deals", { dealname: "x", dealstage: "nowhere" }, "INVALID_OPTION"],
    ["deals", { dealname: "x", dealstage: "closedwon", amount: "much" }, "INVALID_LONG"],
    ["emails", { hs_email_subject: "x" }, "required properties"],
    ["emails", { hs_timestamp: "yesterday" }, "INVALID_LONG"],
    ["emails", { hs_timestamp: "1", hs_email_direction: "IN" }, "INVALID_OPTION"],
    ["emails", { hs_timestamp: "1", hs_email_headers: '{"from":"x"}' }, "INVALID_JSON"],
    ["emails", { hs_timestamp: 1 }, "INVALID_JSON"],
    ["emails", { hs_timestamp: "1", hs_email_text: "x".repeat(65_537) }, "PROPERTY_TOO_LONG"],
  ])("%s %j is refused with %s, and nothing is stored", async (type, properties, error) => {
    const crm = sandbox();
    const answer = await call(crm, "POST", `/crm/v3/objects/${type}`, { properties, associations: [] });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(error);
    expect(crm.store.all(type as "emails")).toEqual([]);
  });

  test("a custom unique property refuses a second record, and finds the first", async () => {
    const crm = sandbox();
    const property = {
      name: "key_of_mine",
      label: "k",
      groupName: "emailsinformation",
      type: "string",
      fieldType: "text",
    };
    const url = "/crm/v3/properties/emails";
    expect((await call(crm, "POST", url, { ...property, hasUniqueValue: true })).status).toBe(201);
    expect((await call(crm, "POST", url, { ...property, hasUniqueValue: true })).status).toBe(409);
    const email = { properties: { hs_timestamp: "1780000000000", key_of_mine: "k1" }, associations: [] };
    const made = await call(crm, "POST", "/crm/v3/objects/emails", email);
    const again = await call(crm, "POST", "/crm/v3/objects/emails", email);
    expect([again.status, JSON.stringify(again.body)]).toEqual([
      400,
      expect.stringContaining("CONFLICTING_UNIQUE_VALUE"),
    ]);
    const found = await call(crm, "GET", "/crm/objects/2026-03/emails/k1?idProperty=key_of_mine");
    expect(found.body["id"]).toBe(made.body["id"]);
    await call(crm, "DELETE", `/crm/v3/objects/emails/${String(made.body["id"])}`);
    expect((await call(crm, "GET", "/crm/v3/objects/emails/k1?idProperty=key_of_mine")).status).toBe(404);
  });

  test("associations: the default answers 200, a labelled one 201, a wrong type id 400, and both ends show it", async () => {
    const crm = sandbox();
    const person = String((await call(crm, "POST", CONTACTS, contact("a@example.com"))).body["id"]);
    const deal = { properties: { dealname: "x", dealstage: "closedwon" }, associations: [] };
    const id = String((await call(crm, "POST", "/crm/v3/objects/deals", deal)).body["id"]);
    const tie = (typeId: number) => [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: typeId }];
    expect((await call(crm, "PUT", `/crm/v4/objects/0-3/${id}/associations/default/contacts/${person}`)).status).toBe(
      200,
    );
    expect((await call(crm, "PUT", `/crm/v4/objects/deals/${id}/associations/contacts/${person}`, tie(3))).status).toBe(
      201,
    );
    expect(
      (await call(crm, "PUT", `/crm/v4/objects/deals/${id}/associations/contacts/${person}`, tie(198))).status,
    ).toBe(400);
    expect((await call(crm, "GET", `${CONTACTS}/${person}/associations/deals`)).body["results"]).toMatchObject([
      { id },
    ]);
    const gone = { properties: { hs_timestamp: "1" }, associations: [{ to: { id: "5" }, types: tie(198) }] };
    expect((await call(crm, "POST", "/crm/v3/objects/emails", gone)).status).toBe(404);
    expect(crm.store.all("emails")).toEqual([]);
  });

  test("search lags behind writes, and shows the old value meanwhile", async () => {
    let now = 1_000_000;
    const crm = sandbox({ now: () => now, searchLagMs: 2000 });
    const find = async (value: string) => {
      const filters = [{ propertyName: "firstname", operator: "EQ", value }];
      return (await call(crm, "POST", `${CONTACTS}/search`, { filterGroups: [{ filters }], limit: 10 })).body["total"];
    };
    const { body } = await call(crm, "POST", CONTACTS, contact("a@example.com", { firstname: "Ada" }));
    expect(await find("Ada")).toBe(0);
    now += 2000;
    expect(await find("Ada")).toBe(1);
    await call(crm, "PATCH", `${CONTACTS}/${String(body["id"])}`, { properties: { firstname: "Bea" } });
    expect([await find("Ada"), await find("Bea")]).toEqual([1, 0]);
    now += 2000;
    expect([await find("Ada"), await find("Bea")]).toEqual([0, 1]);
  });

  test("limits: the 429 names its policy and passes with the window; a wrong token is a 401", async () => {
    let now = 0;
    const crm = sandbox({
      now: () => now,
      limits: { perTenSeconds: 2, perDay: 3 },
      tokens: [{ token: "t1", tenant: "acme" }],
    });
    const get = async (token: string) => call(crm, "GET", CONTACTS, undefined, token);
    expect((await get("wrong")).body).toMatchObject({ category: "INVALID_AUTHENTICATION" });
    expect((await get("t1")).headers).toMatchObject({
      "x-hubspot-ratelimit-max": "2",
      "x-hubspot-ratelimit-remaining": "1",
    });
    await get("t1");
    expect(await get("t1")).toMatchObject({
      status: 429,
      body: { policyName: "TEN_SECONDLY_ROLLING", errorType: "RATE_LIMIT" },
    });
    now += 10_000;
    expect((await get("t1")).status).toBe(200);
    expect(await get("t1")).toMatchObject({ status: 429, body: { policyName: "DAILY" } });
  });
});

test("the page shows a contact's timeline, escapes what a mail brings, and lets nothing run or load", async () => {
  const crm = sandbox();
  const evil = '<script>alert("x")</script>';
  const person = crm.store.create("contacts", { email: "a@example.com", firstname: evil }, 0);
  const properties = {
    hs_timestamp: "1780000000000",
    hs_email_subject: evil,
    hs_email_text: `${evil} https://example.com/"onmouseover="x`,
    hs_email_html: `"><img src=x onerror=alert(1)>`,
  };
  const email = crm.store.create("emails", properties, 0);
  crm.store.associate(email, "contacts", person.id);
  for (const url of ["/", `/contacts/${person.id}`, "/deals", "/companies", "/files"]) {
    const answer = await crm.app.inject({ url });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
    expect(answer.body).not.toMatch(/<script|<img|"onmouseover|https?:\/\/(?!example\.com)/);
  }
  expect((await crm.app.inject({ url: `/contacts/${person.id}` })).body).toContain(`id="email-${email.id}"`);
  expect((await crm.app.inject({ url: "/contacts/1" })).statusCode).toBe(404);
});
