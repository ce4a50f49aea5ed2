import { readFileSync } from "node:fs";
import { buildConversationId, H } from "@inlet/schemas";
import { describe, expect, test } from "vitest";
import { identify } from "./ids.ts";
import { parseMime } from "./parse-mime.ts";
import type { EmailContent } from "./port.ts";

async function parsed(text: string | Buffer): Promise<EmailContent> {
  const result = await parseMime(Buffer.from(text));
  if (!result.ok) throw new Error(result.fault.message);
  return result.email;
}
const catalog = (name: string): Buffer => readFileSync(new URL(`../../../test/emails/${name}.eml`, import.meta.url));
const mail = (header: string, body = "Hello\r\n"): string =>
  `From: A <a@example.com>\r\nSubject: S\r\n${header}\r\n${body}`;

describe("emailKey and contentHash (docs/concepts/protocol.md, section 1)", () => {
  test("the way an email came does not change what it is", async () => {
    const plain = await parsed(mail("Date: Mon, 02 Mar 2026 09:30:00 +0000\r\nMessage-ID: <k.sample@a.example>\r\n"));
    const travelled = await parsed(
      `Received: from x by y; Mon, 2 Mar 2026 09:30:01 +0000\r\nDKIM-Signature: v=1; d=a.example\r\nX-Trace: 1\r\n${mail("Date: Mon, 02 Mar 2026 09:30:00 +0000\r\nMessage-ID: <k.sample@a.example>\r\n")}`,
    );
    const encoded = await parsed(
      mail(
        "Date: Mon, 02 Mar 2026 09:30:00 +0000\r\nMessage-ID: <k.sample@a.example>\r\nContent-Transfer-Encoding: base64\r\n",
        "SGVsbG8NCg==\r\n",
      ),
    );
    expect(travelled.contentHash).toBe(plain.contentHash);
    expect(encoded.contentHash).toBe(plain.contentHash);
    expect(identify("demo", travelled)).toEqual(identify("demo", plain));
  });

  test("each thing that counts changes the hash", async () => {
    const base = mail("To: b@example.com\r\nDate: Mon, 02 Mar 2026 09:30:00 +0000\r\n");
    const changes = [
      base.replace("a@example.com", "z@example.com"),
      base.replace("b@example.com", "y@example.com"),
      base.replace("To:", "Cc:"),
      base.replace("09:30", "09:31"),
      base.replace("Subject: S", "Subject: T"),
      base.replace("Hello", "Hallo"),
      base.replace("\r\n\r\n", "\r\nContent-Type: text/html\r\n\r\n"),
      base.replace("\r\n\r\n", "\r\nContent-Disposition: attachment\r\n\r\n"),
    ];
    const hashes = await Promise.all([base, ...changes].map(async (text) => (await parsed(text)).contentHash));
    expect(new Set(hashes).size).toBe(changes.length + 1);
  });

  test("without a Message-ID the content names the email; another tenant's email is another one", async () => {
    const [one, same, other] = await Promise.all([
      parsed(mail("")),
      parsed(mail("X-Hop: 2\r\n")),
      parsed(mail("", "Other\r\n")),
    ]);
    expect(identify("demo", one).emailKey).toBe(identify("demo", same).emailKey);
    expect(identify("demo", one).emailKey).not.toBe(identify("demo", other).emailKey);
    expect(identify("demo", one).emailKey).not.toBe(identify("acme", one).emailKey);
  });
});

describe("conversationId (UN7)", () => {
  test("every hop of a thread has the same one, whichever is seen first or alone", async () => {
    const hops = await Promise.all(
      ["thread/hop-3", "thread/hop-1", "thread/hop-2"].map(async (name) => await parsed(catalog(name))),
    );
    const ids = hops.map((hop) => identify("demo", hop).conversationId);
    expect(new Set(ids)).toEqual(new Set([buildConversationId("demo", "chairs-1.sample@han.example")]));
  });

  test.each([
    [
      "References: <r.1@x.example> <r.2@x.example>\r\nIn-Reply-To: <i@x.example>\r\nMessage-ID: <m@x.example>\r\n",
      "r.1@x.example",
    ],
    [
      "In-Reply-To: <i@x.example>\r\nThread-Index: AQHbjKabAQIDBAUGBwgJCgsMDQ4PEA==\r\nMessage-ID: <m@x.example>\r\n",
      "i@x.example",
    ],
    ["Thread-Index: AQHbjKabAQIDBAUGBwgJCgsMDQ4PEA==\r\nMessage-ID: <m@x.example>\r\n", "m@x.example"],
    [
      "Thread-Index: AQHbjKabAQIDBAUGBwgJCgsMDQ4PEA==\r\nThread-Topic: Chairs\r\nMessage-ID: <m@x.example>\r\n",
      `thread-index:0101db8ca69b0102030405060708090a0b0c0d0e0f10:${H("chairs")}`,
    ],
    ["Thread-Index: c2hvcnQ=\r\nMessage-ID: <m@x.example>\r\n", "m@x.example"],
    ["References: \r\nMessage-ID: <m@x.example>\r\n", "m@x.example"],
  ])("%j", async (header, root) => {
    expect((await parsed(mail(header))).conversationRoot).toBe(root);
  });

  test("an Outlook reply has its root's Thread-Index as beginning", async () => {
    const root = Buffer.from("AQHbjKabAQIDBAUGBwgJCgsMDQ4PEA==", "base64");
    const reply = Buffer.concat([root, Buffer.from([1, 2, 3, 4, 5])]).toString("base64");
    const roots = await Promise.all(
      [root.toString("base64"), reply].map(
        async (index) => (await parsed(mail(`Thread-Index: ${index}\r\nThread-Topic: Chairs\r\n`))).conversationRoot,
      ),
    );
    expect(roots[0]).toBe(roots[1]);
  });

  test("the subject alone joins nothing", async () => {
    const [one, two] = await Promise.all([
      parsed(mail("Message-ID: <1@x.example>\r\n")),
      parsed(mail("Message-ID: <2@x.example>\r\n")),
    ]);
    expect(identify("demo", one).conversationId).not.toBe(identify("demo", two).conversationId);
  });

  test("no content, nothing but a hash: still a conversation", async () => {
    const email = await parsed(mail(""));
    expect(email.conversationRoot).toBe(email.contentHash);
  });
});
