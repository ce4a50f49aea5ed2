import type { DealChoice } from "@inlet/domain";
import type { ClaimResult } from "@inlet/ledger";
import { describe, expect, test } from "vitest";
import type { Claims } from "./claim-effects.ts";
import { findDeal, writeDeal } from "./write-deal.ts";
import { emailWith } from "../../testing/deal-attempt.ts";

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
