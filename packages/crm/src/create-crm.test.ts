import { secretList, type SettingsReading } from "@inlet/settings";
import { afterAll, expect, test } from "vitest";
import { createCrm } from "./create-crm.ts";
import type { CrmContext } from "./kind.ts";
import { BATCHING_KINDS, CRM_KINDS } from "./registry.ts";

const log = { warn: () => {}, debug: () => {} };
// Not asked without OAuth.
const grants = {} as CrmContext["grants"];
const reading: SettingsReading = {
  resolved: () => "http://127.0.0.1:9",
  secrets: () => secretList(["token"]),
  fault: () => {},
};
const described = { write: { path: "/x" }, id: "/id" };
/** What a kind's file must have beside an address and a token. */
const OWN: Readonly<Record<string, object>> = {
  http: { requests: { ping: { path: "/me" }, contact: described, activity: described } },
};
const adapters = CRM_KINDS.map((kind) => {
  const file = { kind: kind.name, baseUrl: "env:CRM", token: "env:TOKEN", ...OWN[kind.name] };
  const settings = kind.read(kind.file.parse(file) as Parameters<typeof kind.read>[0], reading);
  return createCrm(settings, { tenant: "demo", log, grants });
});
afterAll(async () => Promise.all(adapters.map(async (adapter) => adapter.close())));

test("each kind of the registry is made from what its own settings read, under its name", () => {
  expect(adapters.map(({ kind }) => kind)).toEqual(CRM_KINDS.map(({ name }) => name));
});

test("names the kinds whose calls go together", () => {
  const batching = adapters.filter(({ records }) => records.activity.write.batch !== undefined).map(({ kind }) => kind);
  expect(batching).toEqual(BATCHING_KINDS);
});
