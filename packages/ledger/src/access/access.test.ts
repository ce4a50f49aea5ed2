import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openMemoryDatabase } from "../../testing/memory-database.ts";
import type { Database } from "../database.ts";
import { accessOn, type Access } from "./access.ts";

/** OP7: people by a session, machines by a token; nothing that stands in the database opens anything. */
let database: Database;
let access: Access;
const GRANTS = [{ role: "view", tenant: "acme" }];
const HOUR_MS = 3_600_000;

beforeAll(async () => {
  database = await openMemoryDatabase();
  access = accessOn(database);
});
afterAll(async () => database.close());

async function everythingStored(): Promise<string> {
  const tables = ["access_tokens", "console_sessions", "sign_in_links", "audit"];
  const rows = await Promise.all(tables.map(async (table) => database.query<object>(`select t::text from ${table} t`)));
  return JSON.stringify(rows);
}

describe("a token", () => {
  const request = { name: "nightly", grants: GRANTS, createdBy: "ada", ttlMs: null };

  it("is known until it is revoked; its secret stands nowhere", async () => {
    const { id, secret } = await access.createToken(request);
    expect(secret).toMatch(/^inlet_[\w-]{43}$/);
    expect(await access.tokenIdentity(secret)).toEqual({ id, kind: "token", actor: "token:nightly", grants: GRANTS });
    expect(await everythingStored()).not.toContain(secret.slice("inlet_".length));
    const [listed] = await access.tokens();
    expect(listed).toMatchObject({ id, name: "nightly", createdBy: "ada", revokedAt: null, expiresAt: null });
    expect(listed?.lastUsedAt).toBeGreaterThan(0);
    expect(await access.revokeToken(id, "ada")).toBe(true);
    expect(await access.revokeToken(id, "ada")).toBe(false);
    expect(await access.tokenIdentity(secret)).toBeNull();
    expect((await audited(id)).map(({ action }) => action)).toEqual(["token created", "token revoked"]);
  });

  it("ends when its time is over, and a secret that was never given out opens nothing", async () => {
    const { secret } = await access.createToken({ ...request, ttlMs: -1 });
    expect(await access.tokenIdentity(secret)).toBeNull();
    expect(await access.tokenIdentity("inlet_guess")).toBeNull();
    expect(await access.tokenIdentity("")).toBeNull();
  });
});

describe("a session", () => {
  const request = { actor: "ada@example.com", grants: GRANTS, origin: "192.0.2.7", ttlMs: HOUR_MS };

  it("is known until it signs out; its secret stands nowhere", async () => {
    const { id, secret } = await access.createSession(request);
    expect(await access.sessionIdentity(secret, HOUR_MS)).toMatchObject({
      id,
      kind: "session",
      actor: "ada@example.com",
    });
    expect(await everythingStored()).not.toContain(secret);
    expect(await access.revokeSession(id, "ada@example.com")).toBe(true);
    expect(await access.sessionIdentity(secret, HOUR_MS)).toBeNull();
    expect((await audited(id)).map(({ action }) => action)).toEqual(["signed in", "signed out"]);
  });

  it("ends when its time is over, or when it was not used", async () => {
    const over = await access.createSession({ ...request, ttlMs: -1 });
    expect(await access.sessionIdentity(over.secret, HOUR_MS)).toBeNull();
    const idle = await access.createSession(request);
    expect(await access.sessionIdentity(idle.secret, -1)).toBeNull();
  });
});

describe("a sign-in link", () => {
  it("signs in once", async () => {
    const secret = await access.createSignInLink({ actor: "operator@desk", grants: GRANTS, ttlMs: HOUR_MS });
    const taken = await Promise.all([access.takeSignInLink(secret), access.takeSignInLink(secret)]);
    expect(taken.filter((each) => each !== null)).toEqual([{ actor: "operator@desk", grants: GRANTS }]);
    expect(await access.takeSignInLink(secret)).toBeNull();
  });

  it("ends when its time is over", async () => {
    const secret = await access.createSignInLink({ actor: "operator@desk", grants: GRANTS, ttlMs: -1 });
    expect(await access.takeSignInLink(secret)).toBeNull();
  });
});

async function audited(id: string): Promise<{ action: string }[]> {
  return database.query("select action from audit where $1 in (detail ->> 'token', detail ->> 'session') order by id", [
    id,
  ]);
}
