import { describe, expect, test } from "vitest";
import { mimeContent } from "@inlet/domain";
import { deliveryKey, storableId } from "./delivery-key.ts";
import { readSenderJson } from "./signed-json/sender-json.ts";

describe("mimeContent", () => {
  const mail = "From: a@x.example\r\nMessage-ID: <m1@x.example>\r\n\r\nbody";
  const content = (text: string): string => mimeContent(Buffer.from(text, "latin1"));

  test.each([
    ["Received in front", `Received: by b.example\r\n${mail}`],
    ["folded", `RECEIVED: by b.example;\r\n\tThu, 1 Jan\r\n ${" ".repeat(9)}2026\r\n${mail}`],
    ["in the middle", mail.replace("Message-ID", "X-Received: by c.example\r\nMessage-ID")],
    ["several", `Return-Path: <a@x.example>\r\nARC-Seal: i=1\r\nDelivered-To: b@x.example\r\n${mail}`],
  ])("trace fields do not count: %s", (_what, text) => {
    expect(content(text)).toBe(content(mail));
  });

  test.each([
    ["another body", mail.replace("body", "bodY")],
    ["another field", `X-Mailer: m\r\n${mail}`],
    ["a trace field in the body", `${mail}\r\nReceived: by b.example\r\n`],
    ["a name that only begins so", `Received-SPF: pass\r\n${mail}`],
    ["space before the colon", `Received : by b.example\r\n${mail}`],
    ["a bare CR inside, behind which another reader sees a field", `Received: x\rSubject: Pay\r\n${mail}`],
    ["folded into another field", mail.replace("From: a@x.example", "From: a@x.example\r\n Received: y")],
    ["no header end", "Received: by b.example"],
    ["nothing", ""],
  ])("everything else does: %s", (_what, text) => {
    expect(content(text)).not.toBe(content(mail));
  });

  test("bare line feeds, and a header of 20 MB, are read in one go", () => {
    expect(content(`Received: x\n${mail.replaceAll("\r", "")}`)).toBe(content(mail.replaceAll("\r", "")));
    expect(content(`X: ${"a".repeat(20_000_000)}\r\nReceived: x\r\n\r\n`)).toMatch(/^[0-9a-f]{64}$/);
  });
});

test("deliveryKey: content and recipients, in any order and case", () => {
  const key = deliveryKey("c1", ["B@x.example", "a@x.example"]);
  expect(deliveryKey("c1", ["a@x.example", "b@x.example", "b@x.example"])).toBe(key);
  expect(deliveryKey("c1", ["a@x.example"])).not.toBe(key);
  expect(deliveryKey("c2", ["a@x.example", "b@x.example"])).not.toBe(key);
});

test("storableId keeps what Postgres and Avro can hold", () => {
  expect(storableId("evt-1")).toBe("evt-1");
  expect(storableId("a\u0000b\n")).toBe("ab");
  expect(storableId(`${"x".repeat(511)}😀`)?.isWellFormed()).toBe(true);
  expect(storableId("x".repeat(2000))).toHaveLength(512);
  expect(storableId(" ")).toBeNull();
  expect(storableId({})).toBeNull();
});

describe("readSenderJson", () => {
  const read = (value: unknown) => readSenderJson(Buffer.from(JSON.stringify(value)));

  test("reads ids, time and recipients", () => {
    const sender = read({
      eventId: "evt-1",
      receivedAt: "2026-01-01T00:00:00Z",
      messageId: "<m1@x.example>",
      envelope: { to: ["sales@acme.example"] },
    });
    expect(sender).toMatchObject({
      eventId: "evt-1",
      receivedAt: 1_767_225_600_000,
      recipients: ["sales@acme.example"],
    });
    expect(read({ eventId: 42, receivedAt: 1_767_225_600_000 })).toMatchObject({
      eventId: "42",
      receivedAt: 1_767_225_600_000,
    });
  });

  test("what names an email without an id: raw without the fields of its way, else the body as it came", () => {
    const raw = (mime: string) => ({ raw: Buffer.from(mime).toString("base64") });
    const mime = "Message-ID: <m1@x>\r\n\r\nbody";
    expect(read(raw(`Received: by b\r\n${mime}`)).content()).toBe(read({ ...raw(mime), eventId: "1" }).content());
    expect(read(raw(`${mime}, other`)).content()).not.toBe(read(raw(mime)).content());
    expect(read({ messageId: "<m1@x>", text: "one" }).content()).not.toBe(
      read({ messageId: "<m1@x>", text: "two" }).content(),
    );
  });

  test.each([
    ["not json", "{"],
    ["null", "null"],
    ["a list", "[{}]"],
    ["a number", "7"],
    ["nothing", ""],
    ["bytes", "\xff\xfe"],
    ["deep", "[".repeat(100_000)],
  ])("%s gives nothing and throws nothing", (_what, text) => {
    expect(readSenderJson(Buffer.from(text, "latin1"))).toMatchObject({
      eventId: null,
      receivedAt: null,
      recipients: [],
    });
  });

  test("fields of the wrong type are passed over", () => {
    const odd = read({ eventId: {}, receivedAt: "soon", messageId: [], envelope: "x", headers: [null, 1], raw: 7 });
    expect(odd).toMatchObject({ eventId: null, receivedAt: null, recipients: [] });
  });
});
