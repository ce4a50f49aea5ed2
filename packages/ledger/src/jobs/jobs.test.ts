import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openMemoryDatabase } from "../../testing/memory-database.ts";
import type { Database } from "../database.ts";
import { jobsOn, type Jobs } from "./jobs.ts";

let database: Database;
let jobs: Jobs;
let made = 0;

beforeAll(async () => {
  database = await openMemoryDatabase();
  jobs = jobsOn(database);
}, 60_000);
afterAll(async () => database.close());

const LEASE_MS = 60_000;

/** A job alone in its lane, so that no other test takes it. */
async function ask() {
  const id = `job_${(made += 1)}`;
  const job = await jobs.create({
    id,
    kind: "replay",
    service: "crm-sink",
    lane: id,
    name: "after the mapping",
    actor: "ada@desk",
    why: "stage was wrong",
    filter: { tenant: "acme" },
    frozen: { ranges: [{ partition: 0, from: 3, to: 9 }] },
    total: 6,
  });
  const take = async (holder: string, leaseMs = LEASE_MS) =>
    jobs.take({ holder, leaseMs, kinds: ["replay"], service: "crm-sink", lanes: [id] });
  return { id, job, take };
}

describe("a job that was asked for", () => {
  it("says who, why, what and how much, and stands in the audit", async () => {
    const { id, job } = await ask();
    expect(job).toMatchObject({ id, state: "waiting", actor: "ada@desk", why: "stage was wrong", total: 6, done: 0 });
    expect(job.frozen).toEqual({ ranges: [{ partition: 0, from: 3, to: 9 }] });
    expect(await audited(id)).toEqual([{ actor: "ada@desk", action: "job asked" }]);
    expect(await jobs.get(id)).toEqual(job);
    expect((await jobs.list({ limit: 100, open: true })).map((listed) => listed.id)).toContain(id);
  });

  it("is taken by one instance at a time, for its own service and lane", async () => {
    const { id, take } = await ask();
    const strange = { holder: "a", leaseMs: LEASE_MS, kinds: ["replay" as const] };
    expect(await jobs.take({ ...strange, service: "parser", lanes: [id] })).toBeNull();
    expect(await jobs.take({ ...strange, service: "crm-sink", lanes: ["another"] })).toBeNull();
    expect(await take("a")).toMatchObject({ id, state: "running", holder: "a" });
    expect(await take("b")).toBeNull();
  });

  it("goes on at the next instance where the first one told last, and the first hears that it has lost it", async () => {
    const { id, take } = await ask();
    await take("a", 0);
    await jobs.report({ id, holder: "a", leaseMs: 0 }, { done: 4, results: { unchanged: 4 }, place: { at: 7 } });
    const next = await take("b");
    expect(next).toMatchObject({ holder: "b", done: 4, total: 6, results: { unchanged: 4 }, place: { at: 7 } });
    expect(await jobs.report({ id, holder: "a", leaseMs: LEASE_MS }, { done: 6, results: {} })).toBeNull();
    expect(await jobs.finish({ id, holder: "a" }, { state: "done" })).toBe(false);
    expect(await jobs.get(id)).toMatchObject({ state: "running", done: 4 });
  });

  it("stands in the chain of the tenant that it is about, from its asking to its end", async () => {
    const { id, take } = await ask();
    await take("a");
    await jobs.direct(id, "cancel", "bob@desk");
    await jobs.finish({ id, holder: "a" }, { state: "cancelled" });
    const chains = await database.query("select distinct tenant from audit where detail ->> 'job' = $1", [id]);
    expect(chains).toEqual([{ tenant: "acme" }]);
  });

  it("ends once, with its counts in the audit", async () => {
    const { id, take } = await ask();
    await take("a");
    await jobs.report({ id, holder: "a", leaseMs: LEASE_MS }, { done: 6, results: { changed: 2, unchanged: 4 } });
    expect(await jobs.finish({ id, holder: "a" }, { state: "done" })).toBe(true);
    const ended = await jobs.get(id);
    expect(ended).toMatchObject({ state: "done", holder: null, results: { changed: 2, unchanged: 4 } });
    expect(ended?.endedAt).toBeGreaterThan(0);
    expect((await audited(id)).map(({ action }) => action)).toEqual(["job asked", "job ended"]);
    expect(await take("b")).toBeNull();
  });

  it("waits for the next instance at once when its own stops", async () => {
    const { id, take } = await ask();
    await take("a");
    await jobs.letGo(id, "a");
    expect(await take("b")).toMatchObject({ holder: "b" });
  });
});

describe("an operator", () => {
  it("pauses what is running: its holder is told, lets go, and no one takes it until it is resumed", async () => {
    const { id, take } = await ask();
    await take("a");
    expect(await jobs.direct(id, "pause", "bob@desk")).toMatchObject({ state: "running", wanted: "pause" });
    expect(await jobs.report({ id, holder: "a", leaseMs: LEASE_MS }, { done: 1, results: {} })).toMatchObject({
      wanted: "pause",
    });
    await jobs.letGo(id, "a");
    expect(await jobs.get(id)).toMatchObject({ state: "paused", wanted: null });
    expect(await take("b")).toBeNull();
    expect(await jobs.direct(id, "resume", "bob@desk")).toMatchObject({ state: "waiting" });
    expect(await take("b")).toMatchObject({ done: 1 });
    expect(await audited(id)).toEqual([
      { actor: "ada@desk", action: "job asked" },
      { actor: "bob@desk", action: "job pause" },
      { actor: "bob@desk", action: "job resume" },
    ]);
  });

  it("cancels what no one began at once", async () => {
    const { id, take } = await ask();
    expect(await jobs.direct(id, "cancel", "bob@desk")).toMatchObject({ state: "cancelled" });
    expect(await take("a")).toBeNull();
    expect(await jobs.direct(id, "cancel", "bob@desk")).toBeNull();
  });

  it("cancels what was paused through an instance, which puts away what was made for it", async () => {
    const { id, take } = await ask();
    await take("a");
    await jobs.direct(id, "pause", "bob@desk");
    await jobs.letGo(id, "a");
    expect(await jobs.direct(id, "cancel", "bob@desk")).toMatchObject({ state: "paused", wanted: "cancel" });
    expect(await jobs.direct(id, "resume", "bob@desk")).toBeNull();
    expect(await take("b")).toMatchObject({ wanted: "cancel" });
    expect(await jobs.finish({ id, holder: "b" }, { state: "cancelled" })).toBe(true);
  });

  it("pauses what a dead instance left without waiting for it", async () => {
    const { id, take } = await ask();
    await take("a", -1);
    expect(await jobs.direct(id, "pause", "bob@desk")).toMatchObject({ state: "paused", wanted: null });
  });
});

async function audited(id: string): Promise<{ actor: string; action: string }[]> {
  return database.query("select actor, action from audit where detail ->> 'job' = $1 order by id", [id]);
}
