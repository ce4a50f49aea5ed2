import { describe, expect, test } from "vitest";
import type { ExchangeResult } from "../calls/transport.ts";
import { toExchangeFault, toLoadFault, ODOO_CODES } from "./faults.ts";

const SECRET = "mara@example.com";

function answered(status: number, name?: string, headers: Record<string, string> = {}): ExchangeResult {
  const text =
    name === undefined
      ? "<!DOCTYPE html>"
      : JSON.stringify({ name, message: `about ${SECRET}`, debug: `Traceback: ${SECRET}` });
  return { kind: "answer", status, headers, text };
}

describe("the fault of an answer to a write", () => {
  test.each([
    ["a key that is wrong or over", answered(401, "werkzeug.exceptions.Unauthorized"), "outage", "odoo:401", false],
    ["a user who may not", answered(403, "odoo.exceptions.AccessError"), "outage", "odoo:403:ACCESS", false],
    ["an app that is missing", answered(404, "werkzeug.exceptions.NotFound"), "outage", "odoo:404:MODEL", false],
    ["an address or database that is wrong", answered(404), "outage", "odoo:404:ENDPOINT", false],
    [
      "a record that is gone",
      answered(404, "odoo.exceptions.MissingError"),
      "record-permanent",
      "odoo:404:RECORD",
      false,
    ],
    ["a value refused", answered(422, "odoo.exceptions.ValidationError"), "record-permanent", "odoo:422", false],
    ["http in place of https", answered(301), "outage", "odoo:redirect", false],
    [
      "a transaction that lost",
      answered(500, "psycopg2.errors.SerializationFailure"),
      "record-passing",
      "odoo:conflict",
      false,
    ],
    ["an exception inside Odoo", answered(500, "builtins.ValueError"), "outage", "odoo:500:EXCEPTION", true],
    ["a database that is away", answered(500, "psycopg2.OperationalError"), "outage", "odoo:5xx", true],
    ["a gateway's 502", answered(502), "outage", "odoo:5xx", true],
    ["a 200 that is no JSON", answered(200), "outage", "odoo:unreadable", true],
    ["a teapot", answered(418), "record-permanent", "odoo:4xx", false],
    ["a reset", { kind: "failure", reason: "reset", sent: true }, "outage", "odoo:reset", true],
    ["no connection in time", { kind: "failure", reason: "timeout", sent: false }, "outage", "odoo:deadline", false],
  ] as const)("%s", (_, result, kind, code, unknown) => {
    const fault = toExchangeFault(result, true);
    expect(fault).toMatchObject({ kind, code, unknown });
    expect(ODOO_CODES).toContain(fault.code);
    expect(JSON.stringify(fault)).not.toContain(SECRET);
  });

  test("a 429 and a 503 say when to come again; a failed read leaves nothing unknown", () => {
    const wait = { "retry-after": "7" };
    expect(toExchangeFault(answered(429, undefined, wait), true)).toMatchObject({
      retryAfterMs: 7_000,
      unknown: false,
    });
    expect(toExchangeFault(answered(503, undefined, wait), false)).toMatchObject({
      retryAfterMs: 7_000,
      unknown: false,
    });
  });
});

describe("why load wrote nothing", () => {
  test.each([
    [
      "another was faster",
      null,
      "could not serialize access due to concurrent update\n",
      "record-passing",
      "odoo:conflict",
    ],
    ["a tag is being made by another", "tag_ids", "Tag name already exists!", "record-passing", "odoo:conflict"],
    ["no right", null, "You are not allowed to create 'Lead' (crm.lead) records.", "outage", "odoo:403:ACCESS"],
    [
      "no such stage",
      "stage_id",
      "No matching record found for name 'Nope' in field 'Stage'",
      "outage",
      "odoo:load:PLACE",
    ],
    [
      "the contact is gone",
      "partner_id",
      "No matching record found for database id '7'",
      "record-permanent",
      "odoo:404:RECORD",
    ],
    [
      "a field that the company wants",
      "x_region2",
      `Missing required value: ${SECRET}`,
      "record-permanent",
      "odoo:load:REFUSED",
    ],
    ["a rule of the company's", null, `${SECRET} is on the blacklist`, "record-permanent", "odoo:load:REFUSED"],
  ] as const)("%s", (_, field, text, kind, code) => {
    const fault = toLoadFault([{ field, text }]);
    expect(fault).toMatchObject({ kind, code, unknown: false });
    // What a dead letter of it names (L31).
    if (code === "odoo:load:REFUSED") expect(fault).toMatchObject(field === null ? {} : { properties: [field] });
    expect(JSON.stringify(fault)).not.toContain(SECRET);
  });
});
