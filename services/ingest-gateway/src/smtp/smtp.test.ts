import { HEADER, buildEventId } from "@inlet/schemas";
import { headerText } from "@inlet/kafka";
import { topicIn } from "@inlet/schemas";
import { mimeContent } from "@inlet/domain";
import { deliveryKey } from "@inlet/sources";
import { createTransport } from "nodemailer";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mailClient } from "../../testing/mail-client.ts";
import { NOW, buildTenant } from "../../testing/test-gateway.ts";
import { ACME, GLOBEX, startTestMail } from "../../testing/test-mail.ts";
import type { TestMail } from "../../testing/test-mail.ts";
import { eventually } from "../../testing/eventually.ts";

let mail: TestMail;
beforeEach(async () => {
  mail = await startTestMail();
});
afterEach(() => mail.servers.close());

const BODY =
  "From: ann@client.example\r\nTo: sales@acme.example\r\nMessage-ID: <m1@client.example>\r\n\r\n.dot\r\nHi\r\n";
const key = (...recipients: string[]) => deliveryKey(mimeContent(Buffer.from(`${BODY}\r\n`)), recipients);

describe("IN6: an email by SMTP", () => {
  test("is on the topic, byte for byte, with its envelope and connection, before it is accepted", async () => {
    const client = await mailClient(mail.port("smtp"));
    const [reply] = await client.send({ from: "ann@client.example", to: ["Sales+vip@acme.example"], body: BODY });
    const eventId = buildEventId("acme", "post", key("sales+vip@acme.example"));
    expect(reply).toBe(`250 2.0.0 Accepted ${eventId}`);
    expect(await mail.events()).toEqual([
      {
        eventId,
        tenantId: "acme",
        lane: "shared",
        receivedAt: NOW,
        source: { name: "post", kind: "smtp", deliveryId: null, eventId: null, receivedAt: null },
        envelope: { from: "ann@client.example", to: ["Sales+vip@acme.example"] },
        connection: { protocol: "smtp", clientAddress: "127.0.0.1", helo: "client.example", tls: null, relay: null },
        contentType: "message/rfc822",
        body: Buffer.from(`${BODY}\r\n`),
      },
    ]);
  });

  test("from a real client: UTF-8 in addresses and 8 bits in the body, pipelined, several on one connection", async () => {
    const transport = createTransport({ host: "127.0.0.1", port: mail.port("smtp"), pool: true, maxConnections: 1 });
    const send = async (subject: string) =>
      transport.sendMail({ from: "zoë@bücher.example", to: "info@bücher.example", subject, text: "Grüße" });
    const answers = [await send("first"), await send("second")];
    transport.close();
    expect(answers.map(({ response }) => response.split(" ").slice(0, 3).join(" "))).toEqual([
      "250 2.0.0 Accepted",
      "250 2.0.0 Accepted",
    ]);
    const events = await mail.events();
    expect(events.map(({ envelope }) => envelope)).toEqual([
      { from: "zoë@bücher.example", to: ["info@bücher.example"] },
      { from: "zoë@bücher.example", to: ["info@bücher.example"] },
    ]);
  });

  test("the empty sender of a bounce is none", async () => {
    const client = await mailClient(mail.port("smtp"));
    expect(await client.send({ from: "", to: ["sales@acme.example"], body: BODY })).toEqual([
      expect.stringMatching(/^250 /),
    ]);
    expect((await mail.events())[0]?.envelope?.from).toBeNull();
  });

  test("IN8: sent again it is the same event, and not published again", async () => {
    const client = await mailClient(mail.port("smtp"));
    const first = await client.send({ to: ["sales@acme.example"], body: BODY });
    expect(await client.send({ to: ["sales@acme.example"], body: BODY })).toEqual(first);
    expect(await mail.events()).toHaveLength(1);
  });

  test.each(["\n.\n", "\r\n.\n", "\n.\r\n", "\r.\r"])(
    "%j ends no message: a second one cannot be smuggled in it",
    async (ending) => {
      const client = await mailClient(mail.port("smtp"));
      const smuggled = `MAIL FROM:<ceo@acme.example>\r\nRCPT TO:<sales@acme.example>\r\nDATA\r\nHi`;
      await client.say("EHLO client.example", "MAIL FROM:<a@client.example>", "RCPT TO:<sales@acme.example>", "DATA");
      client.socket.write(`${BODY}${ending}${smuggled}`);
      expect(await client.say("\r\n.")).toEqual([expect.stringMatching(/^250 /)]);
      const events = await mail.events();
      expect(events.map(({ envelope }) => envelope?.from)).toEqual(["a@client.example"]);
      const body = events[0]?.body;
      expect(Buffer.isBuffer(body) ? body.toString() : "").toContain("ceo@acme.example");
    },
  );

  test("to two tenants: one event each, which names its own recipients only, in its own lane", async () => {
    const client = await mailClient(mail.port("smtp"));
    const to = ["sales@acme.example", "hello@globex.example", "sales+2@acme.example"];
    const acme = buildEventId("acme", "post", key("sales+2@acme.example", "sales@acme.example"));
    const globex = buildEventId("globex", "mail", key("hello@globex.example"));
    expect(await client.send({ to, body: BODY })).toEqual([`250 2.0.0 Accepted ${acme} ${globex}`]);
    expect((await mail.events()).map(({ eventId, lane, envelope }) => [eventId, lane, envelope?.to])).toEqual([
      [acme, "shared", ["sales@acme.example", "sales+2@acme.example"]],
      [globex, "globex", ["hello@globex.example"]],
    ]);
    const record = mail.kafka.records(topicIn("rawEvents", "globex"))[0];
    expect(headerText(record?.headers ?? [], HEADER.tenant)).toBe("globex");
  });

  test("Kafka away while a message comes: 451 and nothing lost; the repetition is accepted, once", async () => {
    const client = await mailClient(mail.port("smtp"));
    await client.say("EHLO client.example", "MAIL FROM:<a@client.example>", "RCPT TO:<sales@acme.example>", "DATA");
    client.socket.write(BODY);
    mail.kafka.faults.unavailable(true);
    expect(await client.say(".")).toEqual(["451 4.3.0 Could not be made durable now, try again"]);
    expect(await mail.events()).toEqual([]);
    mail.kafka.faults.unavailable(false);
    expect(await client.send({ from: "a@client.example", to: ["sales@acme.example"], body: BODY.trimEnd() })).toEqual([
      expect.stringMatching(/^250 /),
    ]);
    expect(await mail.events()).toHaveLength(1);
  });
});

describe("LMTP", () => {
  test("answers each recipient, and keeps the relay apart from its client", async () => {
    const client = await mailClient(mail.port("lmtp"));
    const to = ["sales@acme.example", "hello@globex.example"];
    const answers = await client.send({ to, body: BODY, greeting: "LHLO relay.example" });
    expect(answers).toEqual([expect.stringMatching(/^250 2\.0\.0 /), expect.stringMatching(/^250 2\.0\.0 /)]);
    expect((await mail.events())[0]?.connection).toEqual({
      protocol: "lmtp",
      clientAddress: null,
      helo: null,
      tls: null,
      relay: "127.0.0.1",
    });
  });

  test("one tenant's limit is no other's: 552 for the one, 250 for the other", async () => {
    await mail.servers.close();
    const small = GLOBEX.replace("1MiB", "1KiB");
    mail = await startTestMail({ tenants: [buildTenant("acme", ACME), buildTenant("globex", small)] });
    const client = await mailClient(mail.port("lmtp"));
    const to = ["hello@globex.example", "sales@acme.example"];
    const body = `${BODY}${"x".repeat(2000)}`;
    expect(await client.send({ to, body, greeting: "LHLO relay.example" })).toEqual([
      "552 5.3.4 The message is larger than this mailbox takes",
      expect.stringMatching(/^250 /),
    ]);
    expect((await mail.events()).map(({ tenantId }) => tenantId)).toEqual(["acme"]);
  });

  test("a relay's XFORWARD tells the client", async () => {
    const client = await mailClient(mail.port("lmtp"));
    await client.say("LHLO relay.example", "XFORWARD ADDR=192.0.2.7 HELO=mail.client.example");
    await client.say("MAIL FROM:<>", "RCPT TO:<sales@acme.example>", "DATA");
    await client.say(`${BODY}\r\n.`);
    expect((await mail.events())[0]?.connection).toMatchObject({
      clientAddress: "192.0.2.7",
      helo: "mail.client.example",
      relay: "127.0.0.1",
    });
  });
});

describe("a trusted relay", () => {
  beforeEach(async () => {
    await mail.servers.close();
    mail = await startTestMail({ trustedProxies: ["127.0.0.0/8"] });
  });

  test("names its client by XCLIENT", async () => {
    const client = await mailClient(mail.port("smtp"));
    await client.say("EHLO relay.example", "XCLIENT ADDR=192.0.2.7 HELO=mail.client.example");
    await client.send({ to: ["sales@acme.example"], body: BODY });
    expect((await mail.events())[0]?.connection).toEqual({
      protocol: "smtp",
      clientAddress: "192.0.2.7",
      helo: "mail.client.example",
      tls: null,
      relay: "127.0.0.1",
    });
  });

  test("that names none leaves the client unknown: its own address says nothing of the sender", async () => {
    const client = await mailClient(mail.port("smtp"));
    await client.send({ to: ["sales@acme.example"], body: BODY });
    expect((await mail.events())[0]?.connection).toMatchObject({ clientAddress: null, helo: null });
  });
});

test("no one else is trusted", async () => {
  const client = await mailClient(mail.port("smtp"));
  const answers = await client.say("EHLO client.example", "XCLIENT ADDR=192.0.2.7", "XFORWARD ADDR=192.0.2.7");
  expect(answers.slice(1)).toEqual(["500 Error: command not recognized", "500 Error: command not recognized"]);
});

test("what is logged and counted holds neither addresses nor content", async () => {
  const client = await mailClient(mail.port("smtp"));
  await client.send({ from: "ann@client.example", to: ["sales@acme.example"], body: BODY });
  await client.say("MAIL FROM:<ann@client.example>", "RCPT TO:<nobody@acme.example>");
  client.socket.write("MAIL FROM:<broken\r\n");
  client.socket.destroy();
  await eventually(() => expect(mail.logs.join("")).toContain("recipient refused"));
  const lines = mail.logs.join("");
  expect(lines).toContain("delivery accepted");
  for (const secret of ["ann@", "client.example", "sales@", "nobody", "127.0.0.1", "m1@", "Hi"]) {
    expect(lines).not.toContain(secret);
  }
});
