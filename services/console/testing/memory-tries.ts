import { readRules } from "@inlet/config";
import { tryEmail } from "@inlet/try-email";
import type { TryDeps } from "../src/try/try-deps.ts";

export const TENANT_FILE = `
name: Acme
sources: {}
mailboxes: { sales: { addresses: [sales@inlet.example, "deal-{deal}@inlet.example"] } }
crm: { kind: hubspot, token: "env:NOT_SET" }
intents: { pricing: { keywords: [pricing], pattern: ["how much (is|are)"] } }
rules: [{ id: pricing-asked, when: { intent: [pricing] }, then: { createTask: { title: "Send a price to {sender}", dueIn: 4h } } }]
`;

/** Trying emails of acme and globex in this process, where no ledger and no CRM is asked. */
export function createMemoryTries(change: Partial<TryDeps> = {}): TryDeps {
  return {
    pool: { try: tryEmail },
    readTenant: (tenant) => (["acme", "globex"].includes(tenant) ? readRules(TENANT_FILE, `${tenant}.yaml`) : null),
    preview: async () => ({ asked: false, why: "not asked here" }),
    ...change,
  };
}
