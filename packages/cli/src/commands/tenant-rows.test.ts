import type { WaitingMail } from "@inlet/ledger";
import { expect, it } from "vitest";
import { tenantRows } from "./tenants.ts";

const mail = (tenant: string, code: string, more: Partial<WaitingMail> = {}): WaitingMail => ({
  tenant,
  stage: "deliver",
  kind: "parked",
  code,
  emails: 2,
  oldestMs: 1_000,
  dueInMs: 5_000,
  bufferSince: null,
  bufferWhy: null,
  circuitSince: null,
  circuitCode: null,
  probeInMs: null,
  tokensInMs: null,
  ...more,
});
const AT = Date.UTC(2026, 10, 30, 12);

it.each([
  [
    "an open circuit",
    mail("acme", "hubspot:5xx", { circuitSince: AT, circuitCode: "hubspot:5xx", probeInMs: 30_000 }),
    "its CRM is away since 2026-11-30T12:00:00.000Z (hubspot:5xx), next ping in 30 s",
  ],
  [
    "buffer mode, whatever else",
    mail("acme", "quota", { bufferSince: AT, bufferWhy: "migration", circuitSince: AT }),
    "buffer mode since 2026-11-30T12:00:00.000Z (migration), until npx inlet buffer off",
  ],
  ["the quota", mail("acme", "quota", { tokensInMs: 12_000 }), "the quota of its CRM is used up, next token in 12 s"],
  [
    "a call that fails though the CRM answers",
    mail("acme", "http:403", { dueInMs: 120_000 }),
    "a call fails though the CRM answers (http:403), next try in 2 min",
  ],
  ["an attempt", mail("acme", "http:423", { kind: "retry" }), "http:423, next try in 5 s"],
  ["an earlier email", mail("acme", "behind_conversation"), "behind an earlier email, until that one has ended"],
  [
    "its parser",
    mail("acme", "scanner_away", { stage: "parse", dueInMs: 0 }),
    "what it needs to be parsed is away (scanner_away), next try now",
  ],
])("inlet tenants says in one line why mail waits, and until when: %s", (_, waiting, why) => {
  expect(tenantRows(["acme"], [waiting])).toMatchObject([{ tenant: "acme", waiting: 2, why }]);
});

it("a tenant without mail that waits, and mail without a tenant's file, have their row; the oldest says why", () => {
  const rows = tenantRows(
    ["acme", "globex"],
    [mail("acme", "quota"), mail("acme", "http:403", { oldestMs: 9_000 }), mail("gone", "quota")],
  );
  expect(rows.map(({ tenant, waiting, oldestMs }) => [tenant, waiting, oldestMs])).toEqual([
    ["acme", 4, 9_000],
    ["globex", 0, null],
    ["gone", 2, 1_000],
  ]);
  expect(rows[0]?.why).toContain("http:403");
});
