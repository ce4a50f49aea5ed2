import { readFileSync } from "node:fs";
import type { MailboxRules } from "@inlet/mailboxes";
import { expect, test } from "vitest";
import { readOurAddresses } from "./headers/address-tags.ts";
import { normalize } from "./normalize.ts";
import type { NormalizeContext } from "./normalize.ts";
import { parseMime } from "./parse-mime.ts";
import type { EmailContent } from "./port.ts";

const MAILBOXES: MailboxRules[] = [
  { name: "sales", addresses: ["sales@inlet.example"] },
  { name: "deal", addresses: ["deal@inlet.example"] },
  { name: "campaign-2026-q2", addresses: ["campaign-2026-q2@inlet.example"] },
  { name: "rest", addresses: ["*@tags.inlet.example"] },
];

const CONTEXT: NormalizeContext = {
  eventId: "evt_1",
  tenantId: "demo",
  lane: "shared",
  receivedAt: 1,
  parsedAt: 2,
  source: { name: "raw-mime", kind: "raw-mime", deliveryId: null, eventId: null, receivedAt: null },
  envelope: null,
  mailboxes: MAILBOXES,
  rawRef: null,
  blobs: new Map(),
};

async function parsed(text: string): Promise<EmailContent> {
  const result = await parseMime(Buffer.from(text));
  if (!result.ok) throw new Error(result.fault.message);
  return result.email;
}

function ours(to: string[], envelope: string[] = []): ReturnType<typeof readOurAddresses> {
  const mailboxes = to.map((email) => ({ name: null, email }));
  const accepted = envelope.length === 0 ? null : { from: null, to: envelope };
  return readOurAddresses({ envelope: accepted, to: mailboxes, cc: [], headers: [] }, MAILBOXES);
}

test("IN2: a campaign's address is a tag too, whether it is a mailbox of its own or one of many", () => {
  expect(ours(["Campaign-2026-Q2@inlet.example"])).toEqual({
    mailbox: "campaign-2026-q2",
    addressTags: [{ kind: "campaign", value: "2026-Q2", address: "Campaign-2026-Q2@inlet.example" }],
  });
});

test("IN1: a mailbox tags its mail, and patterns name what they find", () => {
  const mailboxes: MailboxRules[] = [
    { name: "pump", addresses: ["pump-{campaign}@inlet.example"], tags: [{ kind: "product", value: "pump" }] },
  ];
  const to = [{ name: null, email: "pump-q3+vip@inlet.example" }];
  expect(readOurAddresses({ envelope: null, to, cc: [], headers: [] }, mailboxes)).toEqual({
    mailbox: "pump",
    addressTags: [
      { kind: "product", value: "pump", address: "pump-q3+vip@inlet.example" },
      { kind: "campaign", value: "q3", address: "pump-q3+vip@inlet.example" },
      { kind: "pump-q3", value: "vip", address: "pump-q3+vip@inlet.example" },
    ],
  });
});

test("IN2: several tags of one address", () => {
  expect(ours(["deal+12345+urgent@inlet.example"]).addressTags.map(({ kind, value }) => `${kind}=${value}`)).toEqual([
    "deal=12345",
    "deal=urgent",
  ]);
});

test("IN2: a subaddress of a mailbox is a tag; the value keeps its case, the kind does not", () => {
  expect(ours(["Deal+AbC-9@Inlet.example"])).toEqual({
    mailbox: "deal",
    addressTags: [{ kind: "deal", value: "AbC-9", address: "Deal+AbC-9@Inlet.example" }],
  });
});

test("IN2: what a whole domain catches is tagged, a campaign name too", () => {
  expect(
    ours(["rep+alice@tags.inlet.example", "campaign-2027@tags.inlet.example", "jean-luc@tags.inlet.example"]),
  ).toEqual({
    mailbox: "rest",
    addressTags: [
      { kind: "rep", value: "alice", address: "rep+alice@tags.inlet.example" },
      { kind: "campaign", value: "2027", address: "campaign-2027@tags.inlet.example" },
    ],
  });
});

test("IN2: a stranger's own subaddress is no tag; one that the server accepted is", () => {
  expect(ours(["bob+news@example.com"]).addressTags).toEqual([]);
  expect(ours([], ["support+priority@inlet.example"]).addressTags).toEqual([
    { kind: "support", value: "priority", address: "support+priority@inlet.example" },
  ]);
});

test("IN2: the envelope comes first, each tag once", () => {
  const found = ours(["deal+1@inlet.example", "sales@inlet.example"], ["deal+2@inlet.example", "DEAL+1@inlet.example"]);
  expect(found.mailbox).toBe("deal");
  expect(found.addressTags.map((tag) => tag.value)).toEqual(["2", "1"]);
});

test("attachments carry where they are stored, and no bytes", async () => {
  const email = await parsed(
    "From: a@example.com\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n",
  );
  const sha256 = email.attachments[0]?.sha256 ?? "";
  const blob = { key: `demo/1970-01-01/${sha256}`, size: 9, sha256 };
  const event = normalize(email, { ...CONTEXT, blobs: new Map([[sha256, blob]]) });
  expect(event.attachments).toEqual([
    {
      filename: "a.pdf",
      contentType: "application/pdf",
      sniffedType: "application/pdf",
      size: 9,
      contentId: null,
      contentDisposition: null,
      inline: false,
      sha256,
      verdict: "unscanned",
      blob,
    },
  ]);
  expect(Object.keys(event)).not.toContain("dateAsSent");
});

test("the fields are those of the newest NormalizedEvent schema, no more and no less", async () => {
  const avsc = JSON.parse(
    readFileSync(new URL("../../../schemas/normalized-events/NormalizedEvent.v2.avsc", import.meta.url), "utf8"),
  ) as { fields: { name: string }[] };
  const event = normalize(await parsed("From: a@example.com\r\n\r\nHi\r\n"), CONTEXT);
  expect(Object.keys(event).toSorted()).toEqual(avsc.fields.map((field) => field.name).toSorted());
});

test("UN8: a group that is our own mailbox does not make a list's post of people's mail", async () => {
  const mail = (list: string): string =>
    `From: a@example.com\r\nTo: ${list}\r\nList-Id: <x.example>\r\nList-Post: <mailto:${list}>\r\nPrecedence: list\r\n\r\nHi\r\n`;
  const own = normalize(await parsed(mail("sales@inlet.example")), CONTEXT);
  const other = normalize(await parsed(mail("users@lists.example.org")), CONTEXT);
  expect(own.classification).toEqual({
    kind: "human",
    reasons: ["list_id", "list_post", "precedence:list", "list_is_own_mailbox"],
  });
  expect(other.classification.kind).toBe("mailing_list");
});
