import { expect, test } from "vitest";
import { followEmails, type FollowedEmail } from "./follow-email.ts";

const ACCEPTED = {
  eventId: "evt_1",
  state: "accepted",
  receivedAt: 0,
  acceptedAt: 10,
  parsedAt: null,
  deliveringAt: null,
  pass: 0,
  attempt: 0,
  journey: [],
  waits: null,
} as unknown as FollowedEmail;
const waiting = (inMs: number): FollowedEmail => ({
  ...ACCEPTED,
  state: "waiting",
  waits: { code: "quota", why: `for its quota, ${inMs} ms` },
});
const WRITTEN: FollowedEmail = {
  ...ACCEPTED,
  state: "written",
  journey: [{ at: 90, service: "crm-sink", what: "written", detail: {} }],
};

test("prints what is new once, with why it waits, and ends with the email", async () => {
  const looks = [waiting(900), waiting(400), WRITTEN];
  const lines: string[] = [];
  await followEmails([ACCEPTED], {
    look: async () => looks.splice(0, 1),
    wait: async () => {},
    out: (line) => lines.push(line),
  });
  expect(lines).toEqual([
    "evt_1  waits: for its quota, 900 ms",
    "evt_1  1970-01-01T00:00:00.090Z  +    90 ms  written (crm-sink)",
  ]);
});

test("an email that has ended is not followed", async () => {
  await followEmails([WRITTEN], { look: async () => expect.unreachable(), wait: async () => {}, out: () => {} });
});
