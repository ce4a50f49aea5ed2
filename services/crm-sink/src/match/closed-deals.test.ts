import { describe, expect, test } from "vitest";
import type { Claims } from "../write/claim-effects.ts";
import { noteClosedDeal } from "./closed-deals.ts";
import { findDeal, writeDeal } from "../write/write-deal.ts";
import { at, of, type Given, emailWith, findChoice } from "../../testing/deal-attempt.ts";

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
