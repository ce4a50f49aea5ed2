import type { CallResult } from "@inlet/crm";
import { describe, expect, test } from "vitest";
import { findDeal } from "./write-deal.ts";
import { at, of, type Given, emailWith, findChoice } from "../../testing/deal-attempt.ts";

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
