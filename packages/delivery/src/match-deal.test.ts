import { describe, expect, test } from "vitest";
import { chooseDeal, type DealCandidates } from "./match-deal.ts";

const nothing: DealCandidates = {
  tags: [],
  sentMessages: [],
  sender: "ada@example.com",
  unknownDeals: [],
  conversationId: "cnv_1",
  policy: "write",
  newDeal: "create",
};
const tag = (value: string, kind = "deal") => ({ kind, value, address: `${kind}+${value}@inlet.example` });
const sent = (dealId: string | null, contactEmail: string | null = null, messageId = "m1@inlet.example") => ({
  messageId,
  dealId,
  contactEmail,
});

/** `how: deal (confidence)`. */
function chosen(candidates: Partial<DealCandidates>): string {
  const choice = chooseDeal({ ...nothing, ...candidates });
  const what =
    choice.kind === "named"
      ? choice.dealId
      : choice.kind === "conversation"
        ? `${choice.key}${choice.create ? " or new" : ""}`
        : "none";
  return `${choice.evidence.matchedBy}: ${what} (${choice.evidence.confidence})`;
}

describe("WR3: the deal by its best evidence", () => {
  test.each<[what: string, candidates: Partial<DealCandidates>, expected: string]>([
    ["an address tag", { tags: [tag("12345")] }, "tag: 12345 (certain)"],
    ["a tag before a sent message", { tags: [tag("1")], sentMessages: [sent("2")] }, "tag: 1 (certain)"],
    ["a tag of another kind names no deal", { tags: [tag("12345", "campaign")] }, "conversation: cnv_1 or new (high)"],
    ["a tag that cannot be an id", { tags: [tag("../1")], sentMessages: [sent("2")] }, "sent_message: 2 (high)"],
    ["a tag that the CRM does not know", { tags: [tag("1"), tag("3")], unknownDeals: ["1"] }, "tag: 3 (certain)"],
    ["a sent message", { sentMessages: [sent("2")] }, "sent_message: 2 (high)"],
    [
      "answered by the one it was sent to",
      { sentMessages: [sent("2", "ada@example.com")] },
      "sent_message: 2 (certain)",
    ],
    ["answered by a colleague", { sentMessages: [sent("2", "bob@example.com")] }, "sent_message: 2 (high)"],
    [
      "the first sent message that names a deal",
      { sentMessages: [sent(null), sent("3"), sent("4")] },
      "sent_message: 3 (high)",
    ],
    [
      "a sent message whose deal is gone",
      { sentMessages: [sent("2"), sent("3")], unknownDeals: ["2"] },
      "sent_message: 3 (high)",
    ],
    ["no deal named anywhere", { sentMessages: [sent(null), sent("no id!")] }, "conversation: cnv_1 or new (high)"],
    [
      "a sent message counts for mail that is only logged, too",
      { sentMessages: [sent("2")], policy: "log" },
      "sent_message: 2 (high)",
    ],
    ["mail that is only logged", { policy: "log" }, "policy: none (none)"],
    ["no new deals wanted", { newDeal: "none" }, "conversation: cnv_1 (high)"],
  ])("%s", (_what, candidates, expected) => {
    expect(chosen(candidates)).toBe(expected);
  });

  test("the evidence names the message", () => {
    expect(chooseDeal({ ...nothing, sentMessages: [sent("2")] }).evidence.detail).toBe(
      "known sent message m1@inlet.example",
    );
  });
});
