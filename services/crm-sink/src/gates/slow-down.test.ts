import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readTenant } from "@inlet/config";
import type { Ledger } from "@inlet/ledger";
import { expect, test } from "vitest";
import { createCrmConnections } from "../crm/crm-connections.ts";

/** L31: what other apps use of the account's limit slows Inlet's calls before it shows as 429. */
test("an answer that says how little is left lets the tenant's bucket stand still, once for all that say so", async () => {
  let left = { "x-ratelimit-remaining": "9000", "x-ratelimit-reset": "30" };
  const api = createServer((_, response) => response.writeHead(200, left).end("{}"));
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", () => resolve()));
  const crm = `crm:
  kind: http
  baseUrl: http://127.0.0.1:${(api.address() as AddressInfo).port}
  token: env:CRM_TOKEN
  newDeal: none
  files: link
  requests:
    ping: { path: /me }
    contact: { write: { path: /contacts, body: { email: "{{email}}" } } }
    activity: { write: { path: /activities, body: { text: "{{text}}" } } }
`;
  const text = `name: Acme\nsources: {}\nmailboxes: {}\n${crm}`;
  const { tenant, faults } = readTenant("acme", text, {
    where: "acme.yaml",
    env: { CRM_TOKEN: "token-of-the-tests" },
    baseDir: "",
  });
  if (tenant === null) throw new Error(JSON.stringify(faults));
  const pauses: unknown[] = [];
  const ledger = {
    grants: {},
    quota: {
      pause: async (...pause: unknown[]) => void pauses.push(pause),
    },
    circuits: {
      recordSuccess: async () => {},
      probeSoon: async () => {},
    },
  } as unknown as Ledger;
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const crms = createCrmConnections({ ledger, log, random: Math.random, failpoint: () => {} });
  const ping = async () => crms.of(tenant).adapter.ping({ deadline: performance.now() + 10_000 });
  try {
    expect(await ping()).toMatchObject({ ok: true });
    expect(pauses).toEqual([]);
    left = { ...left, "x-ratelimit-remaining": "0" };
    for (let times = 0; times < 3; times += 1) expect(await ping()).toMatchObject({ ok: true });
    expect(pauses).toEqual([["acme", "http", 30_000]]);
  } finally {
    await crms.close();
    api.close();
  }
});
