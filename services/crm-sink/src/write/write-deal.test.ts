import { createMemoryBlobStore } from "@inlet/blob-store";
import type { CallResult, DealRead, DealInput } from "@inlet/crm";
import { fakeCrm } from "@inlet/crm/testing";
import type { DealChoice } from "@inlet/domain";
import type { ClaimResult, RelatedDeals, RelatedDealsQuestion } from "@inlet/ledger";
import type { NormalizedEvent } from "@inlet/schemas";
import { describe, expect, test } from "vitest";
import type { Claims } from "./claim-effects.ts";
import { noteClosedDeal } from "../match/closed-deals.ts";
import { createDealCache } from "../crm/deal-cache.ts";
import { createEffectTracker } from "./effect-tracker.ts";
import type { DeliveryAttempt } from "../attempt.ts";
import { buildFacts } from "../facts.ts";
import { findDeal, writeDeal } from "./write-deal.ts";

const RELATED: RelatedDeals = {
  conversationHasDeal: false,
  sameSubject: [],
  undecidedForMs: null,
  campaignMessages: [],
};
const at = (eventId: string, dealId: string) => ({ eventId, dealId });
const of = (campaign: string, dealId: string) => ({ messageId: "m1@inlet.example", campaign, dealId });

interface Given {
  readonly related?: Partial<RelatedDeals>;
  /** Deals that the CRM has. */
  readonly deals?: readonly string[];
  /** Those of them that are lost. */
  readonly lost?: readonly string[];
  readonly event?: object;
  readonly tenant?: object;
  readonly newDeal?: "create" | "none";
  /** What the CRM says of a message that is answered. */
  readonly sent?: CallResult<{ messageId: string; dealId: string } | null>;
}

/** An email whose ledger and CRM answer as told; what they were asked. */
function emailWith(given: Given = {}) {
  const { related = {}, deals = [], lost = [], event = {}, tenant = {}, newDeal = "create", sent } = given;
  const asked: RelatedDealsQuestion[] = [];
  const calls: string[] = [];
  const found = (id: string): CallResult<DealRead | null> => ({
    ok: true,
    value: deals.includes(id) ? { recordId: id, closed: lost.includes(id) ? "lost" : null } : null,
  });
  const adapter = fakeCrm({
    activity: { findSent: async (ids: readonly string[]) => (calls.push(`sent ${ids.join(" ")}`), sent) },
    deal: {
      read: async (id: string) => (calls.push(`get ${id}`), found(id)),
      lookup: async (sought: object) => (calls.push(`lookup ${Object.values(sought).join(" ")}`), found("made")),
      write: async ({ companyId }: DealInput) => (
        calls.push(`create${companyId === null ? "" : ` at ${companyId}`}`),
        { ok: true, value: { recordId: "new", created: true } }
      ),
    },
  });
  const seen = {
    tenantId: "acme",
    eventId: "evt_9",
    emailKey: "eml_9",
    receivedAt: 1_000,
    from: { name: null, email: "Ada@Example.com" },
    replyTo: [],
    subject: "Re: Pump P-300 leaks",
    auth: { spf: null, dkim: null, dmarc: null },
    spamVerdict: null,
    classification: { kind: "human", reasons: [] },
    addressTags: [{ kind: "campaign", value: "q2", address: "campaign-q2@inlet.example" }],
    mailbox: null,
    messageId: "m9@example.com",
    inReplyTo: null,
    references: [],
    ...event,
  } as unknown as NormalizedEvent;
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
        conversations: {
          relatedDeals: async (question: RelatedDealsQuestion) => (asked.push(question), { ...RELATED, ...related }),
        },
      },
    },
    event: seen,
    facts: buildFacts(seen, { classes: {}, ...tenant }, createMemoryBlobStore()),
    tenant: {
      classes: {},
      matching: { recentSubjectMs: 2_592_000_000, sentFromCrm: true, closedDeals: "replies" },
      outbound: {},
      mailboxes: [],
      crm: { newDeal, timeoutMs: 1_000, quota: { perSecond: 10 }, pipeline: null, stage: null },
      ...tenant,
    },
    crm: {
      kind: "hubspot",
      key: "hubspot",
      adapter,
      gate: async () => ({ buffered: false, behindQuota: false }),
      deals: createDealCache(() => 0),
      quotas: { take: async () => ({ ok: true }) },
      circuit: {
        state: async () => ({ open: false }),
        watch: () => {},
        call: async (_: string, call: () => unknown) => ({ open: false, result: await call() }),
      },
      answers: async () => ({ ok: false, fault: { kind: "outage" } }),
      foundAway: async () => {},
    },
    pass: 2,
    attempts: {},
    deadline: 60_000,
    conversationId: "cnv_9",
    sentMessages: [],
    isolated: true,
    renewed: true,
    effects: createEffectTracker(() => "hubspot", "sink/1"),
    warnings: [],
    changes: [],
    evidence: {},
    summary: [],
  } as unknown as DeliveryAttempt;
  return { email, asked, calls };
}

const findChoice = async (given: Given) => {
  const { email, calls } = emailWith(given);
  const outcome = await findDeal(email);
  return { outcome, calls, warnings: email.warnings };
};

describe("what the ledger is asked (WR3)", () => {
  test("contact and subject as a digest, the campaigns of the addresses, the pass", async () => {
    const { email, asked } = emailWith();
    await findDeal(email);
    expect(asked).toEqual([
      {
        tenant: "acme",
        crm: "hubspot",
        emailKey: "eml_9",
        eventId: "evt_9",
        pass: 2,
        conversationId: "cnv_9",
        receivedAt: 1_000,
        subject: { key: expect.stringMatching(/^sbj_/), withinMs: 2_592_000_000 },
        campaign: { contact: "ada@example.com", names: ["q2"] },
      },
    ]);
  });

  test.each<[what: string, given: Given, expected: object]>([
    ["the tenant turned it off", { tenant: { matching: { recentSubjectMs: null } } }, { subject: null }],
    ["the subject is generic", { event: { subject: "Hello" } }, { subject: null }],
    [
      "the sender is a colleague",
      {
        tenant: { mailboxes: [{ addresses: ["sales@acme-pumps.com"] }] },
        event: { from: { name: null, email: "rep@crm.acme-pumps.com" } },
      },
      { subject: null },
    ],
    ["no one registers messages", { tenant: { outbound: null } }, { campaign: null }],
    ["no campaign", { event: { addressTags: [] } }, { campaign: null }],
    [
      "the sender's domain disowns it",
      { event: { auth: { spf: null, dkim: null, dmarc: "fail" } }, newDeal: "none" },
      { subject: null, campaign: null },
    ],
  ])("%s", async (_what, given, expected) => {
    const { email, asked } = emailWith(given);
    await findDeal(email);
    expect(asked).toMatchObject([expected]);
  });

  test.each<[what: string, given: Given]>([
    ["mail that is only logged", { tenant: { classes: { human: "log" } } }],
    ["nothing to match by, and a new deal wanted", { event: { subject: null, addressTags: [] } }],
  ])("nothing of %s", async (_what, given) => {
    const { email, asked } = emailWith(given);
    await findDeal(email);
    expect(asked).toEqual([]);
  });
});

describe("a matched deal must be in the CRM", () => {
  test.each<[what: string, given: Given, expected: string, warnings: string[]]>([
    ["there", { related: { sameSubject: [at("evt_1", "7")] }, deals: ["7"] }, "adopted 7", []],
    [
      "gone: the next deal of the subject counts",
      { related: { sameSubject: [at("evt_2", "8"), at("evt_1", "7")] }, deals: ["7"] },
      "adopted 7",
      ["recent_subject_deal_unknown: the CRM has no deal 8"],
    ],
    [
      "a campaign's gone: the subject counts",
      { related: { sameSubject: [at("evt_1", "7")], campaignMessages: [of("q2", "5")] }, deals: ["7"] },
      "adopted 7",
      ["campaign_deal_unknown: the CRM has no deal 5"],
    ],
    [
      "all gone: a new one, after three calls at most",
      { related: { sameSubject: [at("e4", "4"), at("e3", "3"), at("e2", "2"), at("e1", "1")] }, deals: ["1"] },
      "conversation",
      [4, 3, 2].map((id) => `recent_subject_deal_unknown: the CRM has no deal ${id}`),
    ],
    [
      "not asked for where the conversation has one",
      { related: { conversationHasDeal: true, sameSubject: [at("evt_1", "7")] } },
      "conversation",
      [],
    ],
  ])("%s", async (_what, given, expected, expectedWarnings) => {
    const { outcome, warnings } = await findChoice(given);
    const choice = outcome.kind === "ok" ? outcome.value : null;
    expect(`${choice?.kind}${choice?.kind === "adopted" ? ` ${choice.dealId}` : ""}`).toBe(expected);
    expect(warnings).toEqual(expectedWarnings);
  });
});

describe("a deal that is won or lost (L30)", () => {
  const subject = { related: { sameSubject: [at("evt_2", "8"), at("evt_1", "7")] }, deals: ["7", "8"] };
  const reply = { inReplyTo: "s2@crm.example", references: [] };
  const all = { matching: { recentSubjectMs: 2_592_000_000, sentFromCrm: false, closedDeals: "all" } };
  const named = { addressTags: [{ kind: "deal", value: "8", address: "" }] };
  const sent: Given["sent"] = { ok: true, value: null };
  test.each<[what: string, given: Given, expected: string, detail: RegExp]>([
    ["an open one of the subject counts", { ...subject, lost: ["8"] }, "adopted 7", /^same contact and subject/],
    ["none is open: a new one", { ...subject, lost: ["7", "8"] }, "conversation", /; the deals 8, 7 are closed$/],
    [
      "a campaign's is over as well",
      { related: { campaignMessages: [of("q2", "5")] }, deals: ["5"], lost: ["5"] },
      "conversation",
      /^no deal matched; .*; the deal 5 is closed$/,
    ],
    [
      "none is wanted: none",
      { ...subject, lost: ["7", "8"], newDeal: "none" },
      "none",
      /wants no new ones; the deals 8, 7 are closed$/,
    ],
    ["a reply is about it", { ...subject, lost: ["7", "8"], event: reply, sent }, "adopted 8", /^same contact/],
    ["the tenant sees no difference", { ...subject, lost: ["7", "8"], tenant: all }, "adopted 8", /^same contact/],
    ["one that is named is taken", { ...subject, lost: ["7", "8"], event: named }, "named 8", /^address tag/],
    [
      "the conversation's stays",
      { ...subject, related: { conversationHasDeal: true }, lost: ["7", "8"] },
      "conversation",
      /^conversation/,
    ],
  ])("%s", async (_what, given, expected, detail) => {
    const { outcome, warnings } = await findChoice(given);
    const choice = outcome.kind === "ok" ? outcome.value : null;
    expect([choice?.kind, ...(choice !== null && "dealId" in choice ? [choice.dealId] : [])].join(" ")).toBe(expected);
    expect(choice?.evidence.detail).toMatch(detail);
    expect(warnings).toEqual([]);
  });

  test.each<[what: string, given: Given, created: boolean | null, warnings: string[], calls: string[]]>([
    ["noted", { deals: ["7"], lost: ["7"] }, false, ["deal_closed: the deal 7 is lost"], ["get 7"]],
    ["nothing of an open one", { deals: ["7"] }, false, [], ["get 7"]],
    ["nothing of one that the CRM does not know", {}, false, [], ["get 7"]],
    ["not asked for where this email made it", { deals: ["7"], lost: ["7"] }, true, [], []],
    ["nor where the CRM does not tell who made it", { deals: ["7"], lost: ["7"] }, null, [], []],
    ["nor by a tenant that sees no difference", { deals: ["7"], lost: ["7"], tenant: all }, false, [], []],
  ])("at an email that goes to it: %s", async (_what, given, created, warnings, expectedCalls) => {
    const { email, calls } = emailWith(given);
    email.summary.push({ effect: "deal", key: "cnv_9", recordId: "7", created });
    await noteClosedDeal(email, "7");
    await noteClosedDeal(email, "7");
    expect([...new Set(email.warnings)]).toEqual(warnings);
    expect([...new Set(calls)]).toEqual(expectedCalls);
    if (given.deals !== undefined) expect(calls.length).toBe(expectedCalls.length);
  });

  test("a new deal says which one was passed over, also in a replay", async () => {
    const { email } = emailWith({ ...subject, lost: ["7", "8"] });
    const outcome = await findDeal(email);
    if (outcome.kind !== "ok") throw new Error(outcome.kind);
    email.effects.won("deal", "cnv_9", false);
    const claims = { of: () => ({ state: "won", settle: false }) } as unknown as Claims;
    expect(await writeDeal(email, claims, outcome.value, { contactId: "1" })).toEqual({ kind: "ok", value: "new" });
    const detail = expect.stringContaining("the deals 8, 7 are closed");
    expect(email.evidence["deal"]).toEqual({ matchedBy: "created", confidence: "none", detail });
    expect(email.effects.ends()).toMatchObject([{ result: { desired: { detail } } }]);
  });
});

describe("while an earlier email of the subject is at its deal", () => {
  test.each<[what: string, given: Given, kind: string]>([
    ["it waits for that one", { related: { undecidedForMs: 500 } }, "retry"],
    ["also where no new deal is wanted", { related: { undecidedForMs: 500 }, newDeal: "none" }, "retry"],
    [
      "not where another names the deal",
      { related: { undecidedForMs: 500, sameSubject: [at("evt_1", "7")] }, deals: ["7"] },
      "ok",
    ],
    ["nor where its conversation has one", { related: { undecidedForMs: 500, conversationHasDeal: true } }, "ok"],
  ])("%s", async (_what, given, kind) => {
    const { outcome } = await findChoice(given);
    expect(outcome.kind).toBe(kind);
    if (kind === "retry")
      expect(outcome).toEqual({ kind: "retry", code: "behind_subject", attempt: null, delayMs: 500 });
  });
});

describe("the deal that is written", () => {
  const adopted: DealChoice = {
    kind: "adopted",
    dealId: "7",
    evidence: { matchedBy: "recent_subject", confidence: "medium", detail: "" },
  };
  const CAMPAIGN = { matchedBy: "campaign", confidence: "high", detail: "" };
  const own: ClaimResult = { state: "confirmed", recordId: "42", desired: {}, eventId: "evt_0", gone: false };
  test.each<[what: string, claimed: ClaimResult, dealId: string, matchedBy: string, calls: string[]]>([
    ["the adopted one becomes the conversation's", { state: "won", settle: false }, "7", "recent_subject", []],
    ["a deal that the conversation got meanwhile stays", own, "42", "conversation", []],
    [
      "in a replay of the email that brought it, its evidence does",
      { ...own, eventId: "evt_9", desired: CAMPAIGN },
      "42",
      "campaign",
      [],
    ],
    [
      "evidence that another version wrote is not told",
      { ...own, eventId: "evt_9", desired: { matchedBy: "hunch" } },
      "42",
      "conversation",
      [],
    ],
    [
      "one that an earlier try may have made is looked for first",
      { state: "won", settle: true },
      "made",
      "created",
      ["lookup 1 cnv_9 5000"],
    ],
  ])("%s", async (_what, claimed, dealId, matchedBy, expectedCalls) => {
    const { email, calls } = emailWith({ deals: ["made"] });
    if (claimed.state === "won") email.effects.won("deal", "cnv_9", claimed.settle, 5_000);
    const claims = { of: () => claimed } as unknown as Claims;
    expect(await writeDeal(email, claims, adopted, { contactId: "1" })).toEqual({ kind: "ok", value: dealId });
    expect(email.evidence["deal"]).toMatchObject({ matchedBy });
    expect(calls).toEqual(expectedCalls);
    const ends = email.effects.ends().map(({ result }) => result);
    const kept = { state: "confirmed", recordId: dealId, desired: email.evidence["deal"] };
    expect(ends).toMatchObject(claimed.state === "won" ? [kept] : []);
  });
});

test("a new deal is given its contact's company, for CRMs whose deals have one", async () => {
  const { email, calls } = emailWith();
  const claims = { of: () => ({ state: "won", settle: false }) } as unknown as Claims;
  const outcome = await findDeal(email);
  if (outcome.kind !== "ok") throw new Error(outcome.kind);
  await writeDeal(email, claims, outcome.value, { contactId: "1", companyId: "5" });
  expect(calls.at(-1)).toBe("create at 5");
});

describe("a message that people sent from the CRM (WR3)", () => {
  const answer = { inReplyTo: "s2@crm.example", references: ["s1@crm.example", "s2@crm.example"] };
  const found: CallResult<{ messageId: string; dealId: string }> = {
    ok: true,
    value: { messageId: "s2@crm.example", dealId: "7" },
  };

  test("names the deal that its answer is written to", async () => {
    const { outcome, calls } = await findChoice({ event: answer, sent: found, deals: ["7"] });
    expect(outcome).toMatchObject({
      kind: "ok",
      value: { kind: "adopted", dealId: "7", evidence: { matchedBy: "sent_message", confidence: "high" } },
    });
    expect(calls).toEqual(["sent s2@crm.example s1@crm.example", "get 7"]);
  });

  test.each<[what: string, given: Given]>([
    ["an email that answers nothing", {}],
    ["a conversation that has a deal", { event: answer, related: { conversationHasDeal: true } }],
    [
      "a deal's own address",
      { event: { ...answer, addressTags: [{ kind: "deal", value: "3", address: "" }] }, deals: ["3"] },
    ],
    [
      "mail that is only logged",
      {
        event: { ...answer, classification: { kind: "newsletter", reasons: [] } },
        tenant: { classes: { newsletter: "log" } },
      },
    ],
    [
      "a tenant that does not want it",
      { event: answer, tenant: { matching: { recentSubjectMs: null, sentFromCrm: false } } },
    ],
  ])("is not asked for by %s", async (_what, given) => {
    expect((await findChoice({ ...given, sent: found })).calls.join()).not.toContain("sent");
  });

  test("a CRM that does not tell costs the email nothing; one that is away lets it wait", async () => {
    const fault = {
      kind: "record-permanent",
      code: "hubspot:403:MISSING_SCOPES",
      message: "",
      unknown: false,
    } as const;
    expect((await findChoice({ event: answer, sent: { ok: false, fault } })).outcome).toMatchObject({
      kind: "ok",
      value: { kind: "conversation" },
    });
    const away = { kind: "outage", code: "hubspot:5xx", message: "", unknown: false } as const;
    expect((await findChoice({ event: answer, sent: { ok: false, fault: away } })).outcome.kind).toBe("park");
  });
});
