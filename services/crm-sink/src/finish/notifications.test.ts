import { expect, test } from "vitest";
import { buildEmail } from "../../testing/emails.ts";
import type { DeliveryAttempt } from "../attempt.ts";
import { buildNotifications } from "./notifications.ts";

test("a rule's notification has the ids of what was written, and no text of the email; other actions send none", () => {
  const event = buildEmail("acme", "ada", { emailKey: "eml_1", text: "secret words" });
  const email = {
    event,
    crm: { kind: "http" },
    facts: { contact: event.from },
    conversationId: "cnv_1",
    summary: [
      { effect: "contact", key: "a", recordId: "c-1", created: true },
      { effect: "activity", key: "eml_1", recordId: "a-1", created: true },
    ],
  } as unknown as DeliveryAttempt;
  const [notification, ...others] = buildNotifications(email, [
    { kind: "tag", ruleId: "vip", tag: { kind: "topic", value: "x" } },
    { kind: "notify", ruleId: "vip", notice: "team" },
  ]);
  expect(others).toEqual([]);
  expect(notification).toMatchObject({ key: "eml_1/vip", notice: "team" });
  const body = JSON.parse(notification?.body ?? "{}") as object;
  expect(body).toMatchObject({
    type: "inlet.rule.met",
    data: { rule: "vip", conversationId: "cnv_1", contactId: "c-1", dealId: null, activityId: "a-1" },
  });
  expect(JSON.stringify(body)).not.toContain("secret words");
});
