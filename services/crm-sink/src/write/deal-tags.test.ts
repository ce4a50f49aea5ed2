import { expect, test } from "vitest";
import { dealTags, tagsWritten } from "./deal-tags.ts";

type Given = Parameters<typeof dealTags>[0];
const tag = (kind: string, value: string) => ({ kind, value, address: `${kind}@inlet.example` });
const tagsFor = (addressTags: readonly object[], campaigns: readonly (string | null)[] = []): string[] =>
  dealTags({
    event: { addressTags },
    sentMessages: campaigns.map((campaign) => ({ campaign })),
  } as unknown as Given);

test.each([
  ["nothing: the mark of every deal that Inlet makes", [], [], ["email-sourced"]],
  ["its addresses", [tag("campaign", "q2"), tag("queue", "vip")], [], ["email-sourced", "campaign:q2", "queue:vip"]],
  [
    "the campaign of the message that it answers, once",
    [tag("campaign", "q2")],
    ["q2", null],
    ["email-sourced", "campaign:q2"],
  ],
  ["a value with the separator of HubSpot's lists", [tag("topic", "a;b")], [], ["email-sourced", "topic:a,b"]],
])("what an email brings to a new deal: %s", (_what, addressTags, campaigns, expected) => {
  expect(tagsFor(addressTags, campaigns)).toEqual(expected);
});

test("the ledger keeps digests of tags, the same in any order, and none of their words", () => {
  const { tags = "" } = tagsWritten(["campaign:q2", "queue:vip"]);
  expect(tagsWritten(["queue:vip", "campaign:q2"])).toEqual({ tags });
  expect(tags).toMatch(/^[0-9a-f]{16};[0-9a-f]{16}$/);
});
