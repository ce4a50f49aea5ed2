import { ROLES } from "@inlet/domain";
import { readFourEyes } from "@inlet/operations";
import { createSurroundings } from "@inlet/operations/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSeededConsole, ORIGIN, type SeededConsole } from "../testing/seeded-console.ts";

const ALL = Object.keys(ROLES).map((role) => ({ role, tenant: "*" }));
let seeded: SeededConsole;
let cookie: string;

beforeAll(async () => {
  seeded = await openSeededConsole();
  cookie = `__Host-inlet=${await seeded.createSession("ada", ...ALL)}`;
});
afterAll(async () => seeded.close());

const look = async (url: string) => seeded.app.inject({ url, headers: { cookie } });
const send = async (url: string, payload: Record<string, string>) =>
  seeded.app.inject({ method: "POST", url, headers: { cookie, origin: ORIGIN }, payload });

it("a token is made by the form; its secret stands on the one page that answers, and opens what it may", async () => {
  const form = (await look("/tokens")).body;
  const key = /name="idempotencyKey" value="([^"]+)"/.exec(form)?.[1] ?? "";
  const given = { idempotencyKey: key, name: "nightly", grants: "process, view:acme", ttl: "90d" };
  const made = await send("/tokens", given);
  expect(made.statusCode).toBe(200);
  expect(made.headers["cache-control"]).toBe("no-store");
  const secret = /<code>(inlet_[\w-]+)<\/code>/.exec(made.body)?.[1] ?? "";
  const asMachine = await seeded.app.inject({ url: "/api/v1/emails", headers: { authorization: `Bearer ${secret}` } });
  expect(asMachine.statusCode).toBe(200);
  // A second click makes no second one.
  await send("/tokens", given);
  expect((await seeded.ledger.access.tokens()).filter(({ name }) => name === "nightly")).toHaveLength(1);
  for (const url of ["/tokens", "/audit", "/api/v1/tokens", "/api/v1/audit", "/audit/export"])
    expect((await look(url)).body, url).not.toContain(secret);
});

it.each([
  [{ name: "", grants: "process" }, "name"],
  [{ name: "x", grants: "sell" }, "sell"],
  [{ name: "x", grants: "process", ttl: "soon" }, "ttl"],
])("a token of %j is refused, naming what is wrong", async (given, named) => {
  const { statusCode, body } = await send("/tokens", given);
  expect(statusCode).toBe(400);
  expect(body).toContain(named);
});

it("the export of the audit is its list, a line each, and stands in it", async () => {
  const { body, headers } = await look("/audit/export?actor=ada");
  expect(headers["content-type"]).toContain("ndjson");
  const lines = body
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  expect(lines).toEqual(JSON.parse((await look("/api/v1/audit?actor=ada&limit=500")).body).entries);
  expect(lines[0]).toMatchObject({ action: "audit exported", detail: { filter: { actor: "ada" } } });
});

it("who administers one tenant exports that tenant's audit alone", async () => {
  const secret = await seeded.createToken({ role: "administer", tenant: "acme" });
  const ask = async (url: string) => seeded.app.inject({ url, headers: { authorization: `Bearer ${secret}` } });
  expect((await ask("/api/v1/audit/export")).statusCode).toBe(403);
  expect((await ask("/api/v1/audit/export?tenant=globex")).statusCode).toBe(403);
  expect((await ask("/api/v1/audit/export?tenant=acme")).statusCode).toBe(200);
});

it("verifying says what the command says: whole, then the entry that was changed", async () => {
  expect((await look("/audit/verify")).body).toContain("Whole");
  await seeded.database.query("alter table audit disable trigger all");
  await seeded.database.query("update audit set actor = 'eve' where seq = 2 and tenant = ''");
  await seeded.database.query("alter table audit enable trigger all");
  const verdict = await seeded.ledger.auditLog.verify();
  expect(verdict.faults).toMatchObject([{ tenant: "", seq: 2, problem: "changed" }]);
  const other = await openSeededConsole({ ledger: seeded.ledger });
  const secret = await seeded.createToken(...ALL);
  const { body } = await other.app.inject({ url: "/audit/verify", headers: { authorization: `Bearer ${secret}` } });
  expect(body).toContain("was changed");
  await other.app.close();
});

it("of a token that waited for a second person, who approves is shown the secret, once", async () => {
  const surroundings = { ...createSurroundings(), fourEyes: readFourEyes(["token.create"]) };
  const guarded = await openSeededConsole({ surroundings });
  const ask = async (actor: string, url: string, payload: Record<string, string>) => {
    const secret = await guarded.createSession(actor, ...ALL);
    const headers = { cookie: `__Host-inlet=${secret}`, origin: ORIGIN };
    return guarded.app.inject({ method: "POST", url, headers, payload });
  };
  const proposed = await ask("ada", "/tokens", { name: "nightly", grants: "process" });
  expect(proposed.headers.location).toBe("/proposals");
  const [proposal] = await guarded.ledger.proposals.list({ open: true, limit: 10 });
  const approved = await ask("bruno", `/proposals/${proposal?.id}/approve`, {});
  expect(approved.statusCode).toBe(200);
  const secret = /<code>(inlet_[\w-]+)<\/code>/.exec(approved.body)?.[1] ?? "";
  const asMachine = await guarded.app.inject({ url: "/api/v1/emails", headers: { authorization: `Bearer ${secret}` } });
  expect(asMachine.statusCode).toBe(200);
  await guarded.close();
});
