import { createInMemoryKafka } from "@inlet/kafka/testing";
import { HEADER, eventKey, topicIn } from "@inlet/schemas";
import { expect, test } from "vitest";
import { describeUnread, findUnreadIn } from "./unread-email.ts";

test("an email that was accepted and that no service reads is found where it waits, with the remedy (N1)", async () => {
  const kafka = createInMemoryKafka({ lanes: ["shared", "acme"] });
  const producer = await kafka.producer();
  for (const eventId of ["evt_1", "evt_2"])
    await producer.send({
      topic: topicIn("rawEvents", "acme"),
      key: eventKey("acme", eventId),
      value: Buffer.from(eventId),
      headers: [
        [HEADER.tenant, Buffer.from("acme")],
        [HEADER.eventId, Buffer.from(eventId)],
      ],
    });
  const admin = await kafka.admin();
  const found = await findUnreadIn(admin, "evt_2");
  expect(found).toMatchObject({
    tenant: "acme",
    lane: "acme",
    state: "unread",
    raw: { topic: topicIn("rawEvents", "acme") },
  });
  expect(describeUnread(found as NonNullable<typeof found>)).toContain("Start a parser and a crm-sink with LANES=acme");
  expect(await findUnreadIn(admin, "evt_3")).toBeNull();
});
