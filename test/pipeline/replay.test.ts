import { buildEmail } from "@inlet/crm-sink/testing/emails.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startReplayingSink, type ReplayingSink } from "../running/replaying-sink.ts";

/** A replay of the sink from end to end, over Kafka, ledger and CRM in memory. */
let sink: ReplayingSink;
let tenants = 0;
const nextTenant = (): string => `t-${(tenants += 1)}`;

beforeAll(async () => {
  sink = await startReplayingSink();
}, 120_000);
afterAll(async () => sink?.close());

const CRM = "crm: { kind: hubspot, baseUrl: BASE_URL, token: env:CRM_TOKEN }";

describe("a replay of the sink", () => {
  it("of written emails that are unchanged makes no call to the CRM", async () => {
    const tenant = nextTenant();
    sink.map(tenant, CRM);
    const emails = ["ada", "bob", "eve"].map((name) => buildEmail(tenant, name));
    await sink.deliver(emails);
    sink.calls.length = 0;
    expect(await sink.replay({ tenant })).toMatchObject({ state: "done", results: { unchanged: 3 } });
    expect(sink.calls).toEqual([]);
  });

  it("delivers what the changed file lets through now, once, and leaves other tenants alone", async () => {
    const tenant = nextTenant();
    const other = nextTenant();
    for (const id of [tenant, other]) sink.map(id, `classes: { newsletter: suppress }\n${CRM}`);
    const newsletter = { classification: { kind: "newsletter" as const, reasons: [] } };
    const emails = [tenant, other].map((id) => buildEmail(id, "news", newsletter));
    await sink.deliver(emails);
    for (const id of [tenant, other]) sink.map(id, `classes: { newsletter: write }\n${CRM}`);
    expect(await sink.replay({ tenant })).toMatchObject({ state: "done", results: { changed: 1 } });
    const states = await Promise.all(
      emails.map(async ({ tenantId, eventId }) => sink.ledger.inspect.delivery(tenantId, eventId)),
    );
    expect(states.map((row) => row?.state)).toEqual(["written", "suppressed"]);
    expect(await sink.replay({ tenant })).toMatchObject({ results: { unchanged: 1 } });
  });

  it("waits while the tenant's mail is held back, and goes on then", async () => {
    const tenant = nextTenant();
    sink.map(tenant, `classes: { newsletter: suppress }\n${CRM}`);
    const email = buildEmail(tenant, "news", { classification: { kind: "newsletter", reasons: [] } });
    await sink.deliver([email]);
    sink.map(tenant, CRM.replace("crm:", "classes: { newsletter: write }\ncrm:"));
    await sink.ledger.circuits.hold(tenant, { why: null, actor: "ada" });
    const id = await sink.ask({ tenant });
    await expect.poll(async () => (await sink.ledger.jobs.get(id))?.holder, { timeout: 30_000 }).not.toBeNull();
    expect((await sink.ledger.inspect.delivery(tenant, email.eventId))?.state).toBe("suppressed");
    await sink.ledger.circuits.endHold(tenant, "ada");
    expect(await sink.ended(id)).toMatchObject({ state: "done", results: { changed: 1 } });
  });
});
