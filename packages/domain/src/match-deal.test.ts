import { describe, expect, test } from "vitest";
import { chooseDeal, type DealCandidates } from "./match-deal.ts";

const nothing: DealCandidates = {
  tags: [],
  sentMessages: [],
  sender: "ada@example.com",
  unknownDeals: [],
  closedDeals: [],
  conversationId: "cnv_1",
  conversationHasDeal: false,
  campaignMessages: [],
  sentFromCrm: null,
  sameSubject: [],
  policy: "write",
  newDeal: "create",
};
const tag = (value: string, kind = "deal") => ({ kind, value, address: `${kind}+${value}@inlet.example` });
const sent = (dealId: string | null, contactEmail: string | null = null, messageId = "m1@inlet.example") => ({
  messageId,
  dealId,
  contactEmail,
});
const crm = (dealId: string) => ({ messageId: "s1@inlet.example", dealId });
const campaign = (...dealIds: string[]) =>
  dealIds.map((dealId, i) => ({ messageId: `c${i}@inlet.example`, campaign: "q2", dealId }));
const subject = (...dealIds: string[]) => dealIds.map((dealId, i) => ({ eventId: `evt_${i}`, dealId }));

/** `how: deal (confidence)`. */
function chosen(candidates: Partial<DealCandidates>): string {
  const choice = chooseDeal({ ...nothing, ...candidates });
  const what =
    choice.kind === "named" || choice.kind === "adopted"
      ? choice.dealId
      : choice.kind === "conversation"
        ? `${choice.key}${choice.create ? " or new" : ""}`
        : "none";
  return `${choice.evidence.matchedBy}: ${what} (${choice.evidence.confidence})`;
}

type Row = [what: string, candidates: Partial<DealCandidates>, expected: string];

describe("WR3: the deal by its best evidence", () => {
  test.each<Row>([
    ["an address tag", { tags: [tag("12345")] }, "tag: 12345 (certain)"],
    ["the first of two tags", { tags: [tag("1"), tag("2")] }, "tag: 1 (certain)"],
    ["a tag of another kind names no deal", { tags: [tag("12345", "campaign")] }, "conversation: cnv_1 or new (high)"],
    ["a deal's tag behind another kind's", { tags: [tag("q2", "campaign"), tag("1")] }, "tag: 1 (certain)"],
    ["a tag that cannot be an id", { tags: [tag("../1")], sentMessages: [sent("2")] }, "sent_message: 2 (high)"],
    ["a tag too long for an id", { tags: [tag("9".repeat(65))] }, "conversation: cnv_1 or new (high)"],
    ["a tag that the CRM does not know", { tags: [tag("1"), tag("3")], unknownDeals: ["1"] }, "tag: 3 (certain)"],
    ["a tag counts for mail that is only logged, too", { tags: [tag("1")], policy: "log" }, "tag: 1 (certain)"],
    ["a tag where no new deals are wanted", { tags: [tag("1")], newDeal: "none" }, "tag: 1 (certain)"],
  ])("tag: %s", (_what, candidates, expected) => expect(chosen(candidates)).toBe(expected));

  test.each<Row>([
    ["one that names a deal", { sentMessages: [sent("2")] }, "sent_message: 2 (high)"],
    ["answered by whom it was sent to", { sentMessages: [sent("2", "ada@example.com")] }, "sent_message: 2 (certain)"],
    ["answered by a colleague", { sentMessages: [sent("2", "bob@example.com")] }, "sent_message: 2 (high)"],
    ["answered by no known message", { sentMessages: [sent("2")], sender: null }, "sent_message: 2 (high)"],
    ["the first that names a deal", { sentMessages: [sent(null), sent("3"), sent("4")] }, "sent_message: 3 (high)"],
    ["one whose deal is gone", { sentMessages: [sent("2"), sent("3")], unknownDeals: ["2"] }, "sent_message: 3 (high)"],
    ["none that names a deal", { sentMessages: [sent(null), sent("no id!")] }, "conversation: cnv_1 or new (high)"],
    ["mail that is only logged", { sentMessages: [sent("2")], policy: "log" }, "sent_message: 2 (high)"],
  ])("sent message: %s", (_what, candidates, expected) => expect(chosen(candidates)).toBe(expected));

  test.each<Row>([
    ["has a deal", { conversationHasDeal: true }, "conversation: cnv_1 or new (high)"],
    ["has a deal, no new ones wanted", { conversationHasDeal: true, newDeal: "none" }, "conversation: cnv_1 (high)"],
    ["has none", {}, "conversation: cnv_1 or new (high)"],
    ["has none, no new ones wanted", { newDeal: "none" }, "policy: none (none)"],
    ["of mail that is only logged", { policy: "log" }, "policy: none (none)"],
    ["of mail that is only logged, with a deal", { policy: "log", conversationHasDeal: true }, "policy: none (none)"],
  ])("conversation: it %s", (_what, candidates, expected) => expect(chosen(candidates)).toBe(expected));

  test.each<Row>([
    ["a message that was sent from the CRM", { sentFromCrm: crm("4") }, "sent_message: 4 (high)"],
    ["it before a campaign's", { sentFromCrm: crm("4"), campaignMessages: campaign("5") }, "sent_message: 4 (high)"],
    ["its deal gone", { sentFromCrm: crm("4"), unknownDeals: ["4"] }, "conversation: cnv_1 or new (high)"],
    [
      "never in place of the conversation's",
      { sentFromCrm: crm("4"), conversationHasDeal: true },
      "conversation: cnv_1 or new (high)",
    ],
    ["mail that is only logged", { sentFromCrm: crm("4"), policy: "log" }, "policy: none (none)"],
    ["one message", { campaignMessages: campaign("5") }, "campaign: 5 (high)"],
    ["several messages for one deal", { campaignMessages: campaign("5", "5") }, "campaign: 5 (high)"],
    ["messages for two deals", { campaignMessages: campaign("5", "6") }, "conversation: cnv_1 or new (high)"],
    ["the other deal gone", { campaignMessages: campaign("5", "6"), unknownDeals: ["5"] }, "campaign: 6 (high)"],
    ["its deal gone", { campaignMessages: campaign("5"), unknownDeals: ["5"] }, "conversation: cnv_1 or new (high)"],
    ["no new deals wanted", { campaignMessages: campaign("5"), newDeal: "none" }, "campaign: 5 (high)"],
    ["mail that is only logged", { campaignMessages: campaign("5"), policy: "log" }, "policy: none (none)"],
    ["a deal that is no id", { campaignMessages: campaign("a b") }, "conversation: cnv_1 or new (high)"],
  ])("campaign: %s", (_what, candidates, expected) => expect(chosen(candidates)).toBe(expected));

  test.each<Row>([
    ["one email", { sameSubject: subject("7") }, "recent_subject: 7 (medium)"],
    ["several emails of one deal", { sameSubject: subject("7", "7", "7") }, "recent_subject: 7 (medium)"],
    ["emails of two deals: the newest", { sameSubject: subject("7", "8") }, "recent_subject: 7 (low)"],
    ["the newer deal gone", { sameSubject: subject("7", "8"), unknownDeals: ["7"] }, "recent_subject: 8 (medium)"],
    [
      "the newest of three deals gone",
      { sameSubject: subject("7", "8", "9"), unknownDeals: ["7"] },
      "recent_subject: 8 (low)",
    ],
    ["a deal that is no id", { sameSubject: subject("../7", "8") }, "recent_subject: 8 (medium)"],
    [
      "beside a tag that names none",
      { sameSubject: subject("7"), tags: [tag("x", "rep")] },
      "recent_subject: 7 (medium)",
    ],
    [
      "beside a sent message that names none",
      { sameSubject: subject("7"), sentMessages: [sent(null)] },
      "recent_subject: 7 (medium)",
    ],
    ["every deal gone", { sameSubject: subject("7"), unknownDeals: ["7"] }, "conversation: cnv_1 or new (high)"],
    ["no new deals wanted", { sameSubject: subject("7"), newDeal: "none" }, "recent_subject: 7 (medium)"],
    ["mail that is only logged", { sameSubject: subject("7"), policy: "log" }, "policy: none (none)"],
  ])("recent subject: %s", (_what, candidates, expected) => expect(chosen(candidates)).toBe(expected));

  const all: Partial<DealCandidates> = {
    tags: [tag("1")],
    sentMessages: [sent("2")],
    conversationHasDeal: true,
    campaignMessages: campaign("5"),
    sameSubject: subject("7"),
  };
  test.each<Row>([
    ["a tag before all", all, "tag: 1 (certain)"],
    ["then a sent message", { ...all, tags: [] }, "sent_message: 2 (high)"],
    ["then the conversation's deal", { ...all, tags: [], sentMessages: [] }, "conversation: cnv_1 or new (high)"],
    ["then a campaign", { campaignMessages: campaign("5"), sameSubject: subject("7") }, "campaign: 5 (high)"],
    ["then a subject", { sameSubject: subject("7") }, "recent_subject: 7 (medium)"],
    ["then a new deal", {}, "conversation: cnv_1 or new (high)"],
    [
      "a campaign that decides nothing leaves it to the subject",
      { campaignMessages: campaign("5", "6"), sameSubject: subject("7") },
      "recent_subject: 7 (medium)",
    ],
    ["a tag before the conversation's deal", { tags: [tag("1")], conversationHasDeal: true }, "tag: 1 (certain)"],
    [
      "a tag that is gone leaves it to the conversation",
      { tags: [tag("1")], unknownDeals: ["1"], conversationHasDeal: true },
      "conversation: cnv_1 or new (high)",
    ],
    ["a gone tag falls to the next", { ...all, unknownDeals: ["1"] }, "sent_message: 2 (high)"],
    ["gone twice", { ...all, unknownDeals: ["1", "2"] }, "conversation: cnv_1 or new (high)"],
    [
      "all that is named gone",
      { ...all, conversationHasDeal: false, unknownDeals: ["1", "2", "5", "7"] },
      "conversation: cnv_1 or new (high)",
    ],
  ])("order: %s", (_what, candidates, expected) => expect(chosen(candidates)).toBe(expected));

  test.each<Row>([
    ["a tag", { tags: [tag("1")] }, "address tag deal+1"],
    ["a sent message", { sentMessages: [sent("2")] }, "known sent message m1@inlet.example"],
    ["a conversation", { conversationHasDeal: true }, "conversation cnv_1"],
    [
      "a campaign",
      { campaignMessages: campaign("5", "5") },
      "message c0@inlet.example of campaign q2 was sent to this contact",
    ],
    ["a subject", { sameSubject: subject("7", "7") }, "same contact and subject as evt_0"],
    [
      "a subject of several deals",
      { sameSubject: subject("7", "8", "7") },
      "same contact and subject as evt_0, the newest of 2 deals",
    ],
    ["a class that is only logged", { policy: "log" }, "this class of mail is logged without a deal"],
    ["no new deals", { newDeal: "none" }, "no deal matched; the tenant wants no new ones"],
  ])("the detail of %s", (_what, candidates, detail) =>
    expect(chooseDeal({ ...nothing, ...candidates }).evidence.detail).toBe(detail),
  );
});
