import { afterAll, expect, it } from "vitest";
import { BATCHING_KINDS, createCrm, type CrmContext, type CrmSettings } from "./create-crm.ts";

const common = {
  baseUrl: "http://127.0.0.1:9",
  token: { reveal: () => ["token"] },
  timeoutMs: 1_000,
  pipeline: null,
  stage: null,
};
const settings: readonly CrmSettings[] = [
  { ...common, kind: "hubspot", oauth: null, apiVersion: "v3" },
  { ...common, kind: "odoo", database: null },
  {
    ...common,
    kind: "http",
    oauth: null,
    auth: "bearer",
    requests: { activity: {} } as Extract<CrmSettings, { kind: "http" }>["requests"],
  },
];
const log = { warn: () => {}, debug: () => {} };
// Not asked without OAuth.
const grants = {} as CrmContext["grants"];
const adapters = settings.map((each) => createCrm(each, { tenant: "demo", log, grants }));
afterAll(async () => Promise.all(adapters.map(async (adapter) => adapter.close())));

it("names the kinds whose calls go together", () => {
  const batching = adapters.filter(({ batches }) => batches !== undefined).map(({ kind }) => kind);
  expect(batching).toEqual(BATCHING_KINDS);
});
