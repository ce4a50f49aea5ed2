import { expect, test } from "vitest";
import type { HubSpotClient } from "../client/client.ts";
import { createDealStages } from "./stages.ts";

const pipelines = [
  {
    id: "p1",
    label: "Sales",
    displayOrder: 0,
    stages: [
      { id: "p1-new", displayOrder: 0 },
      { id: "p1-won", label: "Closed won", displayOrder: 1 },
    ],
  },
  {
    id: "p2",
    label: "Renewals",
    displayOrder: 1,
    stages: [
      { id: "p2-old", label: "Closed won", displayOrder: 1 },
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
  ["the mailbox's, by names", ["Renewals", "closed WON"], [null, null], ["p2", "p2-old"]],
  ["a pipeline by its name: its first stage", ["Renewals", null], [null, null], ["p2", "p2-new"]],
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

test.each([
  ["in its pipeline", { pipeline: "renewals", stage: "Closed won" }, { pipeline: "p2", stage: "p2-old" }],
  [
    "by an id, in the only pipeline that has it",
    { pipeline: null, stage: "p1-won" },
    { pipeline: "p1", stage: "p1-won" },
  ],
  ["by a name that two pipelines have: none", { pipeline: null, stage: "Closed won" }, null],
  ["that no pipeline has: none", { pipeline: null, stage: "Lost" }, null],
])("a stage is found %s", async (_what, asked, expected) => {
  const stages = createDealStages(client, { pipeline: null, stage: null });
  expect(await stages.find(asked, { deadline: 0 })).toEqual({ ok: true, value: expected });
});
