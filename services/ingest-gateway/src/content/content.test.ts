import { describe, expect, test } from "vitest";
import { deliveryKey, scanMessageId, storableId } from "@inlet/providers";
import { readSenderJson } from "./sender-json.ts";

describe("scanMessageId", () => {
  test.each([
    ["plain", "From: a@x.example\r\nMessage-ID: <m1@x.example>\r\n\r\nbody", "m1@x.example"],
    ["bare line feeds", "Message-Id: <m1@x.example>\nFrom: a\n\nbody", "m1@x.example"],
    ["folded", "message-id:\r\n <m1@x.example>\r\nFrom: a\r\n\r\n", "m1@x.example"],
    ["without brackets", "MESSAGE-ID: m1@x.example \r\n\r\n", "m1@x.example"],
    ["with a comment", "Message-ID: <m1@x.example> (by hand)\r\n\r\n", "m1@x.example"],
    ["the first of two", "Message-ID: <m1@x>\r\nMessage-ID: <m2@x>\r\n\r\n", "m1@x"],
    ["only in the body", "From: a\r\n\r\nMessage-ID: <m1@x>\r\n", null],
    ["inside another header", "Subject: hi\r\n Message-ID: <m1@x>\r\n\r\n", null],
    ["empty", "Message-ID: <>\r\n\r\n", null],
    ["no headers at all", "", null],
  ])("%s", (_what, mime, expected) => {
    expect(scanMessageId(Buffer.from(mime))).toBe(expected);
  });

  test("a header bomb is not read to its end", () => {
    const bomb = Buffer.concat([
      Buffer.from("X: "),
      Buffer.alloc(300 * 1024, "a"),
      Buffer.from("\r\nMessage-ID: <m1@x>\r\n\r\n"),
    ]);
    expect(scanMessageId(bomb)).toBeNull();
  });
});

describe("deliveryKey", () => {
  const body = Buffer.from("body");

  test("depends on Message-ID and recipients, not on their order or case", () => {
    const key = deliveryKey(body, "m1", ["B@x.example", "a@x.example"]);
    expect(deliveryKey(Buffer.from("other"), "m1", ["a@x.example", "b@x.example", "b@x.example"])).toBe(key);
    expect(deliveryKey(body, "m1", ["a@x.example"])).not.toBe(key);
    expect(deliveryKey(body, "m2", ["a@x.example", "b@x.example"])).not.toBe(key);
  });

  test("is the body's hash without a Message-ID", () => {
    expect(deliveryKey(body, null, [])).toMatch(/^[0-9a-f]{64}$/);
    expect(deliveryKey(Buffer.from("bodY"), null, [])).not.toBe(deliveryKey(body, null, []));
  });
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
    expect(sender).toEqual({
      eventId: "evt-1",
      receivedAt: 1_767_225_600_000,
      messageId: "m1@x.example",
      recipients: ["sales@acme.example"],
    });
    expect(read({ eventId: 42, receivedAt: 1_767_225_600_000 })).toMatchObject({
      eventId: "42",
      receivedAt: 1_767_225_600_000,
    });
  });

  test.each([
    ["headers as object", { headers: { "Message-Id": "<m1@x>" } }],
    ["headers as list", { headers: [{ name: "MESSAGE-ID", value: "<m1@x>" }] }],
    ["raw", { raw: Buffer.from("Message-ID: <m1@x>\r\n\r\nbody").toString("base64") }],
    [
      "raw in lines",
      {
        raw: Buffer.from(`Message-ID: <m1@x>\r\n\r\n${"body".repeat(50)}`)
          .toString("base64")
          .replaceAll(/.{76}/g, "$&\r\n"),
      },
    ],
  ])("finds the Message-ID in %s", (_where, value) => {
    expect(read(value).messageId).toBe("m1@x");
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
    expect(readSenderJson(Buffer.from(text, "latin1"))).toEqual({
      eventId: null,
      receivedAt: null,
      messageId: null,
      recipients: [],
    });
  });

  test("fields of the wrong type are passed over", () => {
    const odd = read({ eventId: {}, receivedAt: "soon", messageId: [], envelope: "x", headers: [null, 1], raw: 7 });
    expect(odd).toEqual({ eventId: null, receivedAt: null, messageId: null, recipients: [] });
  });
});
