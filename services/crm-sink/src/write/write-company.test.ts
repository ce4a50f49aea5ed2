import type { CallFault, CallResult, CompanyMatch, Written } from "@inlet/crm";
import { fakeCrm } from "@inlet/crm/testing";
import { deadLetter, ok } from "@inlet/domain";
import type { ClaimResult } from "@inlet/ledger";
import { describe, expect, test } from "vitest";
import type { Claims } from "./claim-effects.ts";
import { createEffectTracker } from "./effect-tracker.ts";
import type { DeliveryAttempt } from "../attempt.ts";
import { createCompanyCache } from "../crm/company-cache.ts";
import { findCompany, withCompany, writeCompany, type Company } from "./write-company.ts";

const SENDER = "ada@mail.acme.example";
const permanent: CallFault = { kind: "record-permanent", code: "hubspot:400", message: "no", unknown: false };
const passing: CallFault = { kind: "record-passing", code: "hubspot:409", message: "later", unknown: false };

interface Crm {
  readonly find?: CallResult<CompanyMatch | null>;
  readonly create?: CallResult<Written>;
  readonly companies?: "match" | "create" | "off";
  readonly kind?: string;
}

/** An email of a tenant whose CRM answers as told; `calls` says what it was asked. */
function emailWith({ find, create, companies = "match", kind = "human" }: Crm = {}) {
  const calls: string[] = [];
  let clock = 1;
  const email = {
    deps: {
      now: () => 0,
      monotonic: () => 0,
      random: () => 0.5,
      failpoint: () => {},
      ledger: {
        circuits: {
          recordFailedCall: async () => ({ again: false, othersGotThrough: false, othersFailed: 0, failingMs: 0 }),
        },
      },
    },
    event: { classification: { kind }, spamVerdict: null },
    tenant: {
      crm: { companies, timeoutMs: 1000, quota: { perSecond: 10 } },
      mailboxes: [{ addresses: ["*@inlet.example"] }],
    },
    crm: {
      kind: "hubspot",
      key: "hubspot",
      gate: async () => ({ buffered: false }),
      quotas: { take: async () => ({ ok: true }) },
      circuit: {
        state: async () => ({ open: false }),
        watch: () => {},
        call: async (_: string, call: () => unknown) => ({ open: false, result: await call() }),
      },
      answers: async () => ({ ok: false, fault: { kind: "outage" } }),
      foundAway: async () => {},
      companies: createCompanyCache(() => clock),
      adapter: fakeCrm({
        company: {
          find: async (domain: string) => (calls.push(`find ${domain}`), find ?? { ok: true, value: null }),
          write: async ({ domain }: { domain: string }) => (
            calls.push(`create ${domain}`),
            create ?? { ok: true, value: { recordId: "50", created: true } }
          ),
          lookup: async ({ key }: { key: string }) => (calls.push(`lookup ${key}`), { ok: true, value: null }),
        },
      }),
    },
    effects: createEffectTracker(() => "hubspot", "sink/1"),
    deadline: 60_000,
    attempts: {},
    isolated: true,
    warnings: [],
    changes: [],
    evidence: {},
    summary: [],
  } as unknown as DeliveryAttempt;
  const wait = (ms: number): void => void (clock += ms);
  return { email, calls, wait };
}

function claimed(email: DeliveryAttempt, result: Exclude<ClaimResult, { state: "busy" }>): Claims {
  if (result.state === "won") email.effects.won("company", "acme.example", result.settle);
  return { of: () => result };
}

const WON = { state: "won", settle: false } as const;
const MADE = { domain: "acme.example", found: null, create: true } as const;

describe("the company of the sender's domain is looked for (WR2)", () => {
  test.each<[crm: Crm, choice: object, evidence: object]>([
    [
      { find: { ok: true, value: { recordId: "7", several: false } } },
      { found: { recordId: "7" }, create: false },
      { matchedBy: "domain", confidence: "high" },
    ],
    [
      { find: { ok: true, value: { recordId: "7", several: true } }, companies: "create" },
      { found: { recordId: "7" }, create: false },
      { matchedBy: "domain", confidence: "medium" },
    ],
    [{}, { domain: "acme.example", found: null, create: false }, { matchedBy: "none", confidence: "none" }],
    [{ companies: "create" }, MADE, { matchedBy: "none" }],
  ])("%j", async (crm, choice, evidence) => {
    const { email, calls } = emailWith(crm);
    expect(await findCompany(email, SENDER)).toMatchObject({ kind: "ok", value: choice });
    expect(email.evidence["company"]).toMatchObject(evidence);
    expect(calls).toEqual(["find acme.example"]);
  });

  test("once for all emails of ten minutes, whatever the answer was", async () => {
    const { email, calls, wait } = emailWith();
    await Promise.all([findCompany(email, SENDER), findCompany(email, SENDER)]);
    for (let times = 0; times < 3; times += 1) await findCompany(email, SENDER);
    expect(calls).toHaveLength(1);
    wait(10 * 60_000 + 1);
    await findCompany(email, SENDER);
    expect(calls).toHaveLength(2);
  });

  test.each<[why: string, crm: Crm, sender: string]>([
    ["off", { companies: "off" }, SENDER],
    ["a mail provider's domain", {}, "ada@gmail.com"],
    ["the tenant's own", {}, "ada@inlet.example"],
    ["automated mail", { kind: "newsletter" }, SENDER],
  ])("not at all: %s", async (_, crm, sender) => {
    const { email, calls } = emailWith(crm);
    const value = { domain: null, found: null, create: false };
    expect(await findCompany(email, sender)).toEqual({ kind: "ok", value });
    expect(calls).toEqual([]);
  });

  test("a search that fails for good is a warning, once; one that may pass is tried again", async () => {
    const refused = emailWith({ find: { ok: false, fault: permanent } });
    expect(await findCompany(refused.email, SENDER)).toMatchObject({ kind: "ok", value: { found: null } });
    expect(refused.email.warnings).toEqual(["company_not_found: the CRM did not tell (hubspot:400)"]);
    await findCompany(refused.email, SENDER);
    expect(refused.calls).toHaveLength(1);
    const later = emailWith({ find: { ok: false, fault: passing } });
    expect(await findCompany(later.email, SENDER)).toMatchObject({ kind: "retry", attempt: "crm" });
  });
});

describe("a company that is not there", () => {
  test("is made once it is claimed; its id goes into the ledger", async () => {
    const { email, calls } = emailWith({ companies: "create" });
    expect(await writeCompany(email, claimed(email, WON), MADE)).toEqual({
      kind: "ok",
      value: { recordId: "50", domain: "acme.example", ours: true },
    });
    expect(calls).toEqual(["create acme.example"]);
    expect(email.effects.ends()).toMatchObject([
      { effect: "company", key: "acme.example", result: { state: "confirmed", recordId: "50" } },
    ]);
    expect(email.evidence["company"]).toMatchObject({ matchedBy: "created" });
  });

  test("that an earlier try may have made is looked for by its key first", async () => {
    const { email, calls } = emailWith({ companies: "create" });
    await writeCompany(email, claimed(email, { state: "won", settle: true }), MADE);
    expect(calls).toEqual(["lookup acme.example", "create acme.example"]);
  });

  test("that the ledger knows is used, and not again once a person deleted it", async () => {
    const { email, calls } = emailWith({ companies: "create" });
    const known = { state: "confirmed", recordId: "50", desired: {}, eventId: "evt_0", gone: false } as const;
    expect(await writeCompany(email, claimed(email, known), MADE)).toMatchObject({ value: { recordId: "50" } });
    expect(await writeCompany(email, claimed(email, { ...known, gone: true }), MADE)).toEqual(ok(null));
    expect(calls).toEqual([]);
  });

  test("that cannot be made is a warning: the email goes on", async () => {
    const { email } = emailWith({ create: { ok: false, fault: permanent } });
    expect(await writeCompany(email, claimed(email, WON), MADE)).toEqual(ok(null));
    expect(email.warnings).toEqual(["company_failed: acme.example (hubspot:400)"]);
    expect(email.effects.ends()).toMatchObject([{ result: { state: "released" } }]);
  });
});

describe("a record that the CRM refuses with the company", () => {
  const company = (ours: boolean): Company => ({ recordId: "50", domain: "acme.example", ours });
  const refuseCompany = async (companyId: string | null) =>
    companyId === null ? ok("9") : deadLetter("crm_rejected", "activity", "hubspot:404");

  test("is written without it; one that Inlet made stays deleted", async () => {
    const { email } = emailWith();
    email.crm.companies.set("acme.example", { recordId: "50", several: false });
    const deleted = company(true);
    expect(await withCompany(email, deleted, refuseCompany)).toEqual(ok("9"));
    expect(deleted.recordId).toBeNull();
    expect(email.crm.companies.get("acme.example")).toBeUndefined();
    expect(email.effects.ends()).toMatchObject([{ effect: "company", result: { state: "gone" } }]);
    expect(email.warnings).toEqual(["company_refused: acme.example (hubspot:404)"]);
  });

  test("stays refused when it is not the company's fault, and nothing is said of the company", async () => {
    const { email } = emailWith();
    const refused = deadLetter("crm_rejected", "activity", "hubspot:400");
    expect(await withCompany(email, company(false), async () => refused)).toEqual(refused);
    expect(email.warnings).toEqual([]);
    expect(email.effects.ends()).toEqual([]);
  });
});
