import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { demoSecretsInUse, readTenant, type Environment, type Tenants } from "../index.ts";

const env = {
  SECRET: "open-sesame-0123456789",
  CRM_TOKEN: "crm-token-value",
  CLIENT_ID: "client-of-acme",
  CLIENT_SECRET: "client-secret-value",
  REFRESH: "refresh-token-demo-not-secret",
  TOKEN_URL: "https://login.example/token",
};

const REQUESTS = `
  requests:
    ping: { path: /me }
    contact: { write: { path: /contacts, body: { email: "{{email}}" } }, id: /id }
    activity: { write: { path: /activities, body: { text: "{{text}}" } }, id: /id }`;

function read(crm: string, more: Record<string, string> = {}) {
  const text = `name: Acme
sources: { web: { kind: signed-json, secrets: [env:SECRET] } }
mailboxes: { sales: { addresses: [sales@acme.example] } }
crm:
${crm}
`;
  return readTenant("acme", text, {
    where: "config/tenants/acme.yaml",
    env: { ...env, ...more },
    baseDir: "config/tenants",
  });
}

const hubSpot = (oauth: string): string => `  kind: hubspot\n  oauth: ${oauth}`;
const http = (oauth: string, more = ""): string =>
  `  kind: http\n  baseUrl: https://api.example\n  newDeal: none\n  files: link\n${more}  oauth: ${oauth}${REQUESTS}`;

const GRANT = "clientId: client-of-acme, clientSecret: env:CLIENT_SECRET, refreshToken: env:REFRESH";
const FULL = `${GRANT}, tokenUrl: "https://login.example/token"`;
const CREDENTIALS = FULL.replace(", refreshToken: env:REFRESH", ", grant: client_credentials");

test("HubSpot's grant needs client and refresh token, and has HubSpot's own endpoint", () => {
  const { tenant, faults } = read(hubSpot(`{ ${GRANT} }`));
  expect(faults).toEqual([]);
  const crm = tenant?.crm;
  if (crm?.kind !== "hubspot" || !crm.oauth) throw new Error("no grant");
  expect(crm.token.reveal()).toEqual([]);
  expect(crm.oauth).toMatchObject({
    tokenUrl: "https://api.hubapi.com/oauth/2026-03/token",
    clientId: env.CLIENT_ID,
    scope: null,
    clientAuth: "post",
  });
  expect([crm.oauth.clientSecret.reveal(), crm.oauth.refreshToken?.reveal()]).toEqual([
    [env.CLIENT_SECRET],
    [env.REFRESH],
  ]);
  for (const print of [inspect(tenant, { depth: 9 }), JSON.stringify(tenant)]) {
    expect(print).not.toMatch(/client-secret-value|refresh-token/);
  }
});

test("the guide's examples are good", () => {
  const guide = readFileSync(new URL("../../../../docs/guides/oauth.md", import.meta.url), "utf8");
  const examples = [...guide.matchAll(/```yaml\n *crm:\n([^]*?)```/g)].map(([, crm = ""]) => crm);
  const more = { CRM_CLIENT_ID: "a", CRM_CLIENT_SECRET: "b", CRM_REFRESH_TOKEN: "c" };
  const kinds = examples.map((example) => {
    const { tenant, faults } = read(example.replaceAll("file:/run/secrets/acme-hubspot-", "env:CRM_TOKEN #"), more);
    expect(faults).toEqual([]);
    return [tenant?.crm.kind, tenant?.crm.quota];
  });
  expect(kinds).toEqual([
    ["hubspot", { perSecond: 9, burst: 10 }],
    ["http", { perSecond: 50, burst: 50 }],
  ]);
});

test("an HTTP API has any endpoint, both grants and both ways to show the secret; references are followed", () => {
  const { tenant, faults } = read(
    http(
      "{ grant: client_credentials, tokenUrl: env:TOKEN_URL, clientId: env:CLIENT_ID, clientSecret: env:CLIENT_SECRET, scope: a b, clientAuth: post }",
    ),
  );
  expect(faults).toEqual([]);
  expect(tenant?.crm).toMatchObject({
    oauth: { tokenUrl: env.TOKEN_URL, clientId: env.CLIENT_ID, refreshToken: null, scope: "a b", clientAuth: "post" },
  });
  expect(read(http(`{ ${FULL} }`)).tenant?.crm).toMatchObject({ oauth: { clientAuth: "basic" } });
  for (const host of ["127.0.0.1:8080", "localhost", "[::1]:1"]) {
    expect(read(http(`{ ${FULL.replace("https://login.example", `http://${host}`)} }`)).faults).toEqual([]);
  }
});

test.each([
  ["neither token nor grant", "  kind: hubspot", "crm.token", /missing, and so is crm.oauth/],
  ["both", `${hubSpot(`{ ${GRANT} }`)}\n  token: env:CRM_TOKEN`, "crm.oauth", /beside crm.token/],
  [
    "no refresh token",
    http(`{ ${FULL.replace("refreshToken: env:REFRESH, ", "")} }`),
    "crm.oauth.refreshToken",
    /is missing.*client_credentials/,
  ],
  [
    "a refresh token too many",
    http(`{ ${CREDENTIALS}, refreshToken: env:REFRESH }`),
    "crm.oauth.refreshToken",
    /which has none/,
  ],
  [
    "a literal secret",
    hubSpot(`{ ${GRANT.replace("env:CLIENT_SECRET", "hunter2")} }`),
    "crm.oauth.clientSecret",
    /literal value/,
  ],
  [
    "a variable that is not set",
    hubSpot(`{ ${GRANT.replace("env:REFRESH", "env:NOWHERE")} }`),
    "crm.oauth.refreshToken",
    /not set.*Set NOWHERE/,
  ],
  ["http in the open", http(`{ ${FULL.replace("https:", "http:")} }`), "crm.oauth.tokenUrl", /https/],
  [
    "a password in the address",
    http(`{ ${FULL.replace("login.", "me:pw@login.")} }`),
    "crm.oauth.tokenUrl",
    /without user/,
  ],
  ["no address", http(`{ ${GRANT} }`), "crm.oauth.tokenUrl", /is missing/],
  ["a comma between scopes", http(`{ ${FULL}, scope: "a,  b" }`), "crm.oauth.scope", /one space/],
  ["a grant that HubSpot has not", hubSpot(`{ ${GRANT}, grant: client_credentials }`), "crm.oauth.grant", /not a key/],
  [
    "Odoo, which has keys",
    "  kind: odoo\n  baseUrl: https://odoo.example\n  token: env:CRM_TOKEN\n  oauth: {}",
    "crm.oauth",
    /not a key/,
  ],
  ["basic, which has no token", http(`{ ${FULL} }`, "  auth: basic\n"), "crm.auth", /bearer or header/],
])("%s is a fault that names the field", (_what, crm, field, said) => {
  const { tenant, faults } = read(crm);
  expect(tenant).toBeNull();
  expect(faults.map((fault) => fault.field)).toEqual([field]);
  expect(`${faults[0]?.problem}. ${faults[0]?.remedy}`).toMatch(said);
  expect(JSON.stringify(faults)).not.toMatch(/hunter2|:pw@/);
});

test("a refresh token that is printed in the repository is noticed", () => {
  const { tenant } = read(hubSpot(`{ ${GRANT} }`));
  const tenants = { all: () => (tenant === null ? [] : [tenant]) } as unknown as Tenants;
  expect(demoSecretsInUse({ urlSigningKeys: [], searchKey: null } as unknown as Environment, tenants)).toEqual([
    "acme: crm.oauth",
  ]);
});
