import { expect, test } from "vitest";
import { activityTime } from "./activity-time.ts";

const DAY = 86_400_000;
const RECEIVED = Date.UTC(2026, 10, 30, 12);

/** L6. */
test.each([
  ["none", null, "received", null],
  ["a minute before", RECEIVED - 60_000, "date", null],
  ["the sender's clock is a day ahead", RECEIVED + DAY, "date", null],
  ["a millisecond more than a day ahead", RECEIVED + DAY + 1, "received", "date_implausible"],
  ["the year 2099", Date.UTC(2099, 0, 1), "received", "date_implausible"],
  ["the year 9999", Date.UTC(9999, 11, 31), "received", "date_implausible"],
  ["a year in a mailbox", RECEIVED - 365 * DAY, "date", null],
  ["more than a year ago", RECEIVED - 365 * DAY - 1, "received", "date_implausible"],
  ["1970, of a clock without a battery", 0, "received", "date_implausible"],
] as const)("Date: %s", (_what, date, expected, warning) => {
  const at = expected === "date" ? date : RECEIVED;
  expect(activityTime({ date, receivedAt: RECEIVED })).toEqual({ at, warning });
});
