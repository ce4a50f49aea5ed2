import { ROLES, type Role } from "@inlet/domain";
import type { Grant, Ledger } from "@inlet/ledger";
import type { FastifyInstance, InjectOptions } from "fastify";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import {
  HOSTILE,
  HOSTILE_EVENT as EVENT,
  openSeededConsole,
  ORIGIN,
  REPORT,
  type SeededConsole,
} from "../testing/seeded-console.ts";
import { ACTIONS } from "./actions/index.ts";
import { toApiAddress } from "./routes.ts";
import { SCREENS } from "./screens/index.ts";

const HOUR_MS = 3_600_000;

let seeded: SeededConsole;
let ledger: Ledger;
let app: FastifyInstance;

beforeAll(async () => {
  seeded = await openSeededConsole();
  ({ ledger, app } = seeded);
});
afterAll(async () => seeded.close());

const tokenFor = async (...grants: Grant[]): Promise<string> => seeded.createToken(...grants);

async function ask(secret: string | null, options: InjectOptions) {
  const authorization = secret === null ? {} : { authorization: `Bearer ${secret}` };
  return app.inject({ ...options, headers: { ...authorization, ...options.headers } });
}

/** A parameter of every name, such as an address or a body needs it. */
const GIVEN: Readonly<Record<string, string>> = { tenant: "acme", eventId: EVENT, id: "tok_1", q: "c-77" };
/** Of a body, what some operations cannot do without. */
const BODY = { why: "tried", name: "tried", isolation: "shared" };
const OF_ACME = { ...BODY, tenant: "acme", address: "ada@customers.example" };
const BODIES: Readonly<Record<string, object>> = {
  "erasures.create": OF_ACME,
  "legal-holds.create": OF_ACME,
  "lanes.move": { ...BODY, tenant: "initech" },
  "email.reason": { reason: "tried" },
};
const fill = (path: string): string => path.replaceAll(/:(\w+)/g, (_, name: string) => GIVEN[name] ?? "");

describe("who may do what (OP7): every address × every role × this tenant, another and all", () => {
  const grants = Object.keys(ROLES).flatMap((role) => ["*", "acme", "globex"].map((tenant) => ({ role, tenant })));
  const addresses = [
    ...SCREENS.map((each) => ({
      each,
      method: "GET" as const,
      urls: [fill(toApiAddress(each)), fill(each.path)],
      role: each.role,
    })),
    ...ACTIONS.map((each) => ({
      each,
      method: "POST" as const,
      urls: [`/api/v1${fill(each.path)}`, fill(each.path)],
      role: each.role,
    })),
  ];

  it.each(addresses)("$method $each.path", async ({ each, method, urls, role }) => {
    // What an address concerns by itself; a list without a tenant concerns all of them.
    const tenant =
      each.path.includes(":tenant") || BODIES[each.name] === OF_ACME
        ? "acme"
        : ["search", "job", "view.delete"].includes(each.name) || each.name.startsWith("proposal.")
          ? "any"
          : null;
    for (const grant of grants) {
      const secret = await tokenFor(grant);
      const allowed =
        (role === null || grant.role === role) && (grant.tenant === "*" || tenant === "any" || grant.tenant === tenant);
      for (const url of urls) {
        const { statusCode, headers } = await ask(secret, {
          method,
          url,
          ...(method === "POST" ? { payload: BODIES[each.name] ?? BODY } : {}),
        });
        // A page of all tenants sends who has one of them to that one's.
        const refused = statusCode === 403 || (method === "GET" && /[?&]tenant=/.test(String(headers.location)));
        expect(refused, `${method} ${url} by ${grant.role}:${grant.tenant}: ${statusCode}`).toBe(!allowed);
        expect(statusCode).toBeLessThan(500);
      }
    }
  });

  it.each(addresses)(
    "$method $each.path is nothing for who is not known",
    async ({ method, urls: [api = "", page = ""] }) => {
      for (const secret of [null, "inlet_unknown", ""]) {
        const headers = { origin: ORIGIN };
        expect((await ask(secret, { method, url: api, headers })).statusCode).toBe(401);
        expect(await ask(secret, { method, url: page, headers })).toMatchObject({
          statusCode: 303,
          headers: { location: "/sign-in" },
        });
      }
    },
  );

  it("a list of one's own tenant is allowed, and shows no other", async () => {
    const secret = await tokenFor({ role: "process", tenant: "globex" });
    const { statusCode, body } = await ask(secret, { url: "/api/v1/emails?tenant=globex" });
    expect({ statusCode, events: JSON.parse(body).emails.map((each: { eventId: string }) => each.eventId) }).toEqual({
      statusCode: 200,
      events: ["evt_other"],
    });
    expect((await ask(secret, { url: "/api/v1/emails?tenant=acme" })).statusCode).toBe(403);
    // By an id, too.
    expect(JSON.parse((await ask(secret, { url: `/api/v1/search?q=${EVENT}` })).body).found).toEqual([]);
    expect(JSON.parse((await ask(secret, { url: "/api/v1/search?q=c-77" })).body).found).toHaveLength(1);
  });
});

describe("a person with the role of one tenant", () => {
  const lookAs = async (grants: readonly Grant[]) => {
    const secret = await seeded.createSession("bruno", ...grants);
    return async (url: string) => app.inject({ url, headers: { cookie: `__Host-inlet=${secret}` } });
  };

  it("comes from a page of all tenants to the own one, and keeps the filter", async () => {
    const look = await lookAs([{ role: "process", tenant: "globex" }]);
    expect((await look("/emails?state=written")).headers.location).toBe("/emails?state=written&tenant=globex");
    expect((await look("/waiting")).headers.location).toBe("/waiting?tenant=globex");
    expect((await look("/emails?tenant=acme")).statusCode).toBe(403);
  });

  it("lands where there is something to see, and each page of the menu opens", async () => {
    const look = await lookAs([{ role: "process", tenant: "globex" }]);
    let landed = await look("/");
    if (landed.statusCode === 303) landed = await look(String(landed.headers.location));
    expect(landed.statusCode).toBe(200);
    const menu = [...landed.body.matchAll(/<li>\s*<a\s+href="([^"]+)"/g)].map(([, path = ""]) =>
      path.replaceAll("&amp;", "&"),
    );
    expect(menu).toContain("/emails?tenant=globex");
    expect(menu.some((path) => path.startsWith("/audit") || path.startsWith("/tokens"))).toBe(false);
    for (const path of menu) expect((await look(path)).statusCode, path).toBe(200);
  });

  it("is told what is not allowed on a page that has the menu", async () => {
    const look = await lookAs([{ role: "process", tenant: "globex" }]);
    const { statusCode, body } = await look("/tokens");
    expect(statusCode).toBe(403);
    expect(body).toContain('href="/emails?tenant=globex"');
  });
});

describe("what an email brings along", () => {
  it.each([
    "/",
    "/emails",
    `/emails/acme/${EVENT}`,
    `/search?q=${encodeURIComponent(`${HOSTILE} unknown`)}`,
    `/emails?domain=${encodeURIComponent(HOSTILE)}`,
    "/audit",
  ])("runs nothing on %s", async (url) => {
    const secret = await tokenFor(...Object.keys(ROLES).map((role) => ({ role, tenant: "*" })));
    await ledger.auditLog.append({ actor: HOSTILE, action: HOSTILE, detail: { [HOSTILE]: HOSTILE } });
    const { body, headers, statusCode } = await ask(secret, { url });
    expect(statusCode).toBe(200);
    expect(body.replace('<script src="/app.js" defer></script>', "")).not.toContain("<script");
    expect(body).not.toContain("<img");
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers["content-security-policy"]).not.toContain("unsafe");
    expect(headers["cache-control"]).toBe("no-store");
  });
});

describe("signing in by a link", () => {
  const grants = [{ role: "process", tenant: "*" }];
  const post = async (url: string, headers: Record<string, string> = {}) =>
    app.inject({ method: "POST", url, headers: { origin: ORIGIN, ...headers } });

  it("works once, by a button; the cookie opens the pages until it signs out", async () => {
    const url = `/sign-in/link/${await ledger.access.createSignInLink({ actor: "ada@desk", grants, ttlMs: HOUR_MS })}`;
    expect((await app.inject({ url })).body).toContain("<button");
    const signedIn = await post(url);
    expect(signedIn.headers.location).toBe("/");
    const [cookie] = signedIn.cookies;
    expect(cookie).toMatchObject({ name: "__Host-inlet", path: "/", httpOnly: true, secure: true, sameSite: "Lax" });
    expect(cookie).not.toHaveProperty("domain");
    const headers = { cookie: `__Host-inlet=${cookie?.value}` };
    expect((await app.inject({ url: "/", headers })).body).toContain("ada@desk");
    expect((await post(url)).statusCode).toBe(403);
    await post("/sign-out", headers);
    expect((await app.inject({ url: "/", headers })).statusCode).toBe(303);
  });

  it.each([
    ["no origin", {}],
    ["another's origin", { origin: "https://evil.example" }],
    ["the same host by http", { origin: "http://inlet.example" }],
    ["none, as sandboxed pages send", { origin: "null" }],
    ["another's page that the browser names", { origin: ORIGIN, "sec-fetch-site": "cross-site" }],
  ])("a change with a session and %s is refused", async (_, given) => {
    const secret = await seeded.createSession("ada", ...grants);
    const headers = { cookie: `__Host-inlet=${secret}`, ...given };
    const { statusCode, body } = await app.inject({ method: "POST", url: "/tenants/acme/hold", headers });
    expect({ statusCode, held: (await ledger.circuits.listHolds()).length }).toEqual({ statusCode: 403, held: 0 });
    expect(body).toContain("other-origin".replaceAll("-", " "));
  });
});

describe("what can be changed", () => {
  it("a hold is on for two who press at once, is audited once, and ends", async () => {
    const secret = await tokenFor({ role: "process", tenant: "acme" });
    const hold = async () =>
      ask(secret, { method: "POST", url: "/api/v1/tenants/acme/hold", payload: { why: "migration" } });
    const both = await Promise.all([hold(), hold()]);
    expect(both.filter(({ body }) => JSON.parse(body).changed === true)).toHaveLength(1);
    expect(await ledger.circuits.listHolds()).toMatchObject([
      { tenant: "acme", why: "migration", actor: "token:test" },
    ]);
    const audited = await ledger.auditLog.list({ action: "buffer on", tenant: "acme", limit: 99 });
    expect(audited.filter(({ detail }) => detail["why"] === "migration")).toHaveLength(1);
    expect(JSON.parse((await ask(secret, { method: "POST", url: "/api/v1/tenants/acme/let-go" })).body)).toMatchObject({
      changed: true,
    });
  });

  it("a job is paused, resumed and cancelled; what its state does not allow is a conflict that says why", async () => {
    await ledger.jobs.create({
      id: "job_1",
      kind: "replay",
      service: "crm-sink",
      lane: "shared",
      name: "after the mapping",
      actor: "ada",
    });
    const secret = await tokenFor({ role: "replay", tenant: "*" });
    const direct = async (order: string) => ask(secret, { method: "POST", url: `/api/v1/jobs/job_1/${order}` });
    expect((await ask(secret, { url: "/jobs/job_1" })).body).toContain("Pause");
    expect(JSON.parse((await direct("pause")).body).job.state).toBe("paused");
    expect((await direct("pause")).statusCode).toBe(409);
    expect(JSON.parse((await direct("resume")).body).job.state).toBe("waiting");
    expect(JSON.parse((await direct("cancel")).body).job.state).toBe("cancelled");
    expect(JSON.parse((await direct("cancel")).body)).toMatchObject({
      status: 409,
      detail: expect.stringContaining("cancelled"),
    });
    expect((await ask(secret, { url: "/jobs/job_1" })).body).not.toContain("Cancel</button>");
    expect((await ask(secret, { method: "POST", url: "/api/v1/jobs/job_2/cancel" })).statusCode).toBe(404);
  });

  it("an email that does not wait cannot be retried, and it says so", async () => {
    const secret = await tokenFor({ role: "process", tenant: "acme" });
    expect((await ask(secret, { method: "POST", url: `/api/v1/emails/acme/${EVENT}/retry` })).statusCode).toBe(409);
  });
});

describe("bad input", () => {
  it.each([
    ["/api/v1/emails?state=sent", "state"],
    ["/api/v1/emails?limit=0", "limit"],
    ["/api/v1/emails?limit=x", "limit"],
    ["/api/v1/emails?since=yesterday", "since"],
    ["/api/v1/emails?after=evt_1", "after"],
    ["/api/v1/emails/ACME/evt_1", "tenant"],
    ["/api/v1/emails/acme/1", "eventId"],
    ["/api/v1/audit?before=-1", "before"],
  ])("%s names its field", async (url, field) => {
    const secret = await tokenFor(...Object.keys(ROLES).map((role) => ({ role, tenant: "*" })));
    const { statusCode, headers, body } = await ask(secret, { url });
    expect({ statusCode, type: headers["content-type"] }).toMatchObject({
      statusCode: 400,
      type: expect.stringContaining("application/problem+json"),
    });
    expect(JSON.parse(body).detail).toContain(field);
  });

  it("an email, a job and a page that there are not are 404", async () => {
    const secret = await tokenFor({ role: "process", tenant: "*" });
    for (const url of ["/emails/acme/evt_9", "/api/v1/emails/acme/evt_9", "/jobs/x", "/nothing", "/api/v1/nothing"])
      expect((await ask(secret, { url })).statusCode, url).toBe(404);
  });
});

test("the first page shows the balance, and of what is lost the first", async () => {
  const secret = await tokenFor({ role: "process", tenant: "*" });
  const { body } = await ask(secret, { url: "/" });
  for (const part of [
    "<b>12</b> accepted",
    "<b>7</b> written",
    "<b>1</b> dead-lettered",
    "1 lost",
    EVENT,
    "npx inlet reconcile",
  ])
    expect(body).toContain(part);
  expect(JSON.parse((await ask(secret, { url: "/api/v1/overview" })).body)).toMatchObject({
    balance: { accepted: REPORT.accepted, written: REPORT.written, inFlight: REPORT.inFlight },
    lost: REPORT.lost,
  });
});

test("an email's page says where it is, why, and what next", async () => {
  const secret = await tokenFor({ role: "process", tenant: "*" });
  const { body } = await ask(secret, { url: `/emails/acme/${EVENT}` });
  for (const part of [
    "dead-lettered",
    "the CRM refused the record itself",
    "then replay it",
    "http://jaeger.example/trace/abc123",
    `npx inlet show ${EVENT}`,
  ])
    expect(body).toContain(part);
});

test("an email's page leads to its records in the CRM, and can show only what failed", async () => {
  const secret = await seeded.createToken({ role: "process", tenant: "*" });
  const { body } = await ask(secret, { url: "/emails/globex/evt_other" });
  expect(body).toContain('href="https://crm.example/contact/c-77"');
  expect(body).toContain("accepted by the gateway");
  expect((await ask(secret, { url: "/emails/globex/evt_other?show=failed" })).body).toContain("Nothing failed.");
});

test("the API describes itself: every screen and action, with its parameters", async () => {
  const secret = await tokenFor({ role: "process", tenant: "*" });
  const { body } = await ask(secret, { url: "/api/v1/openapi.json" });
  const { paths } = JSON.parse(body);
  expect(Object.values<object>(paths).flatMap((each) => Object.keys(each))).toHaveLength(
    SCREENS.length + ACTIONS.length,
  );
  expect(paths["/emails"].get.parameters.map(({ name }: { name: string }) => name)).toEqual([
    "tenant",
    "state",
    "since",
    "domain",
    "after",
    "before",
    "limit",
  ]);
  expect(paths["/emails/{tenant}/{eventId}"].get.parameters).toMatchObject([
    { name: "tenant", in: "path" },
    { name: "eventId", in: "path" },
    { name: "show", in: "query" },
  ]);
  expect(
    paths["/tenants/{tenant}/hold"].post.responses["200"].content["application/json"].schema.properties,
  ).toMatchObject({
    changed: { type: "boolean" },
  });
  expect(paths["/tenants/{tenant}/hold"].post.requestBody.content["application/json"].schema.properties).toHaveProperty(
    "why",
  );
});

test("roles of the table exist", () => {
  for (const { role } of [...SCREENS, ...ACTIONS])
    if (role !== null) expect(Object.keys(ROLES)).toContain(role satisfies Role);
});
