import { expect, test } from "vitest";
import type { HubSpotClient } from "../client/client.ts";
import { createDealStages } from "./stages.ts";

const pipelines = [
  {
    id: "p1",
    displayOrder: 0,
    stages: [
      { id: "p1-new", displayOrder: 0 },
      { id: "p1-won", displayOrder: 1 },
    ],
  },
  {
    id: "p2",
    displayOrder: 1,
    stages: [
      { id: "p2-old", displayOrder: 1 },
      { id: "p2-new", displayOrder: 0 },
    ],
  },
];
const client = {
  paths: { pipelines: () => "/pipelines" },
  call: async () => ({ ok: true, value: { kind: "ok", body: { results: pipelines } } }),
} as unknown as HubSpotClient;

/** Pipeline and stage of a new deal: asked for by the mailbox, else configured, else the account's first. */
test.each([
  ["nothing", [null, null], [null, null], ["p1", "p1-new"]],
  ["the tenant's", [null, null], ["p1", "p1-won"], ["p1", "p1-won"]],
  ["the mailbox's", ["p2", "p2-old"], ["p1", "p1-won"], ["p2", "p2-old"]],
  ["the mailbox's pipeline: its own first stage, never the tenant's", ["p2", null], ["p1", "p1-won"], ["p2", "p2-new"]],
] as const)("%s", async (_what, asked, configured, expected) => {
  const stages = createDealStages(client, { pipeline: configured[0], stage: configured[1] });
  const place = await stages.resolve({ pipeline: asked[0], stage: asked[1] }, { deadline: 0 });
  expect(place).toEqual({ ok: true, value: { pipeline: expected[0], stage: expected[1] } });
});

test("a pipeline that the account lacks is an outage to be repaired where the tenant wants to wait for it", async () => {
  const place = await createDealStages(client, { pipeline: null, stage: null }, "wait").resolve(
    { pipeline: "p3", stage: null },
    { deadline: 0 },
  );
  expect(place).toMatchObject({ ok: false, fault: { kind: "outage", code: "hubspot:400:STAGE_MISSING" } });
});
