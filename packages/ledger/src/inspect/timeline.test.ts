import { expect, test } from "vitest";
import type { DeliveryView } from "./read-deliveries.ts";
import { toTimeline } from "./timeline.ts";

const DELIVERY = { receivedAt: 1000, acceptedAt: 1020, parsedAt: 1050, deliveringAt: null } as DeliveryView;

test("one timeline, by time, that tells what failed with the CRM's code and when it is tried again", () => {
  const steps = toTimeline(DELIVERY, [
    { at: 9000, service: "crm-sink", what: "written", detail: { pass: 0, attempts: 1 } },
    { at: 1100, service: "crm-sink", what: "retry", detail: { code: "hubspot:503", dueInMs: 4200, attempts: 1 } },
    { at: 1040, service: "cli", what: "retried by hand", detail: { by: "ada" } },
  ]);
  expect(steps).toEqual([
    { at: 1000, what: "accepted by the gateway", failed: false },
    { at: 1020, what: "read by the parser", failed: false },
    { at: 1040, what: "retried by hand (cli): by ada", failed: false },
    { at: 1050, what: "parsed", failed: false },
    {
      at: 1100,
      what: "tried, and will try again (crm-sink): code hubspot:503, again in 5 s, attempts 1",
      failed: true,
    },
    { at: 9000, what: "written (crm-sink): pass 0, attempts 2", failed: false },
  ]);
});
