import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { recipientsIn } from "@inlet/mailboxes";
import { describe, expect, test } from "vitest";
import { readTenant, tenantJsonSchema } from "../index.ts";
import type { TenantConfig } from "../index.ts";
import type { JsonSchemaNode } from "../tenant-file/tenant-json-schema.ts";

const env = {
  WEB_SECRET: "open-sesame-0123456789",
  OLD_SECRET: "older-sesame-0123456789",
  WHSEC: `whsec_${Buffer.alloc(32, 7).toString("base64")}`,
  WHPK: `whpk_${Buffer.alloc(32, 9).toString("base64")}`,
  CRM_TOKEN: "crm-token-value",
  SHORT: "short",
};

const minimal = `
name: Acme
sources:
  web: { kind: signed-json, secrets: ["env:WEB_SECRET"] }
mailboxes:
  sales: { addresses: [Sales@Acme.example] }
crm: { kind: hubspot, token: "env:CRM_TOKEN" }
`;

function read(text: string, id = "acme") {
  return readTenant(id, text, { where: "config/tenants/acme.yaml", env, baseDir: "config/tenants" });
}

function good(text: string, id?: string): TenantConfig {
  const { tenant, faults } = read(text, id);
  expect(faults).toEqual([]);
  if (tenant === null) throw new Error("no tenant");
  return tenant;
}

describe("a good file", () => {
  test("gets the defaults of what it leaves out", () => {
    const tenant = good(minimal);
    expect(tenant).toMatchObject({
      id: "acme",
      name: "Acme",
      lane: "shared",
      mailboxes: [{ name: "sales", addresses: ["sales@acme.example"] }],
      maxAgeMs: 7 * 86_400_000,
      console: { reason: "optional" },
      crm: {
        baseUrl: "https://api.hubapi.com",
        apiVersion: "v3",
        timeoutMs: 10_000,
        files: "upload",
        newDeal: "create",
        required: [],
      },
    });
    expect(tenant.classes).toEqual({
      auto_reply: "suppress",
      out_of_office: "suppress",
      bounce: "suppress",
      delay: "suppress",
      receipt: "suppress",
      challenge: "suppress",
      complaint: "suppress",
      mailing_list: "log",
      newsletter: "log",
      calendar: "log",
      no_reply: "write",
      spam: "write",
    });
    expect(tenant.sources.get("web")).toMatchObject({ kind: "signed-json", maxBodyBytes: 32 * 1024 * 1024 });
  });

  test("a dedicated tenant has the lane of its own name", () => {
    expect(good(`${minimal}isolation: dedicated\n`).lane).toBe("acme");
  });

  test("a source has every listed secret, in order, for rotation", () => {
    const tenant = good(minimal.replace('["env:WEB_SECRET"]', '["env:WEB_SECRET", "env:OLD_SECRET"]'));
    expect(tenant.sources.get("web")?.secrets.reveal()).toEqual([env.WEB_SECRET, env.OLD_SECRET]);
  });

  test("Standard Webhooks takes a symmetric secret and a public key side by side", () => {
    const tenant = good(
      minimal.replace(
        'signed-json, secrets: ["env:WEB_SECRET"]',
        'standard-webhooks, secrets: ["env:WHSEC", "env:WHPK"]',
      ),
    );
    expect(tenant.sources.get("web")?.secrets.reveal()).toEqual([env.WHSEC, env.WHPK]);
  });

  test("prints no secret, however it is printed", () => {
    const tenant = good(minimal);
    const prints = [inspect(tenant, { depth: 9 }), JSON.stringify(tenant), inspect(tenant.crm.token)];
    for (const text of prints) expect(text).not.toMatch(/sesame|crm-token/);
  });
});

describe("faults", () => {
  const cases: [what: string, text: string, field: string, said: RegExp][] = [
    ["a misspelt key", minimal.replace("mailboxes:", "mailboxs:"), "mailboxs", /Did you mean "mailboxes"/],
    [
      "a misspelt key deep down",
      minimal.replace("secrets:", "secret:"),
      "sources.web.secret",
      /Did you mean "secrets"/,
    ],
    ["an unknown key", `${minimal}colour: red\n`, "colour", /Known here: .*isolation/],
    [
      "a literal secret",
      minimal.replace('"env:WEB_SECRET"', "open-sesame-literal"),
      "sources.web.secrets.0",
      /literal value.*env:NAME/,
    ],
    [
      "a literal token",
      minimal.replace('"env:CRM_TOKEN"', "open-sesame-literal"),
      "crm.token",
      /literal value.*env:NAME/,
    ],
    [
      "a variable that is not set",
      minimal.replace("WEB_SECRET", "NOWHERE"),
      "sources.web.secrets.0",
      /not set.*Set NOWHERE/,
    ],
    ["a file that is not there", minimal.replace("env:WEB_SECRET", "file:nowhere"), "sources.web.secrets.0", /ENOENT/],
    ["a short secret", minimal.replace("WEB_SECRET", "SHORT"), "sources.web.secrets.0", /shorter than 16 bytes/],
    ["no secret", minimal.replace('"env:WEB_SECRET"', ""), "sources.web.secrets", /empty/],
    ["a kind that is not served", minimal.replace("signed-json", "mandrill"), "sources.web.kind", /one of signed-json/],
    ["a whsec_ that is none", minimal.replace("signed-json", "standard-webhooks"), "sources.web.secrets.0", /whsec_/],
    ["a missing part", minimal.replace(/crm:.*\n/, ""), "crm", /is missing/],
    [
      "a tag in a pattern",
      minimal.replace("Sales@", "sales+*@"),
      "mailboxes.sales.addresses.0",
      /both a \+ and a wildcard.*sales@inlet.example/,
    ],
    [
      "a mailbox's stage without pipeline",
      minimal.replace("{ addresses", "{ stage: won, addresses"),
      "mailboxes.sales.stage",
      /without a pipeline/,
    ],
    [
      "a tag of a wrong kind",
      minimal.replace("{ addresses", "{ tags: { Deal+: x }, addresses"),
      "mailboxes.sales.tags.Deal+",
      /kind of a-z/,
    ],
    [
      "quarantine without mailboxes",
      `${minimal.replace(/mailboxes:\n.*\n/, "mailboxes: {}\n")}unknownRecipients: { http: quarantine }\n`,
      "unknownRecipients.http",
      /no mailbox/,
    ],
    ["an unquoted *", minimal.replace("[Sales@Acme.example]", "[*@acme.example]"), "", /quotes/],
    [
      "a body above the limit",
      minimal.replace('"env:WEB_SECRET"]', '"env:WEB_SECRET"], maxBodySize: 65MiB'),
      "sources.web.maxBodySize",
      /64MiB/,
    ],
    [
      "a size without unit",
      minimal.replace('"env:WEB_SECRET"]', '"env:WEB_SECRET"], maxBodySize: "65"'),
      "sources.web.maxBodySize",
      /such as 32MiB/,
    ],
    ["an unknown duration", `${minimal}maxAge: a week\n`, "maxAge", /such as 7d/],
    ["a stage without pipeline", minimal.replace("hubspot,", "hubspot, stage: won,"), "crm.stage", /pipeline/],
    ["Odoo without its address", minimal.replace("hubspot", "odoo"), "crm.baseUrl", /address of Odoo/],
    [
      "a database that is none",
      minimal.replace("hubspot,", 'odoo, baseUrl: "https://odoo.example", database: "a/b",'),
      "crm.database",
      /name of the database/,
    ],
    [
      "a key of another kind",
      minimal.replace("hubspot,", 'odoo, baseUrl: "https://odoo.example", apiVersion: v3,'),
      "crm.apiVersion",
      /database/,
    ],
    ["broken YAML", `${minimal}name: Twice\n`, "line 8", /YAML/],
    ["a bad source name", minimal.replace("web:", "Web Hook:"), "sources.Web Hook", /name of a-z/],
    [
      "an address in two mailboxes",
      minimal.replace("mailboxes:", "mailboxes:\n  other: { addresses: [sales@acme.example] }"),
      "mailboxes.sales.addresses",
      /mailbox other/,
    ],
  ];

  test.each(cases)("%s", (_what, text, field, said) => {
    const { tenant, faults } = read(text);
    expect(tenant).toBeNull();
    const fault = faults.find((candidate) => candidate.field === field);
    expect(faults.map((candidate) => candidate.field)).toContain(field);
    expect(`${fault?.problem}. ${fault?.remedy}`).toMatch(said);
    expect(fault?.where).toBe("config/tenants/acme.yaml");
    expect(JSON.stringify(faults)).not.toContain("sesame-literal");
  });

  test("a file name that is no tenant id", () => {
    expect(read(minimal, "Acme").faults[0]?.problem).toMatch(/does not name a tenant/);
    expect(read(minimal, "shared").faults[0]?.problem).toMatch(/does not name a tenant/);
  });

  test("all at once", () => {
    expect(
      read("{}")
        .faults.map(({ field }) => field)
        .toSorted(),
    ).toEqual(["crm", "mailboxes", "name", "sources"]);
    expect(read("").faults).toHaveLength(4);
  });
});

describe("mappingVersion", () => {
  const version = (text: string) => good(text).mappingVersion;

  test("changes with what shapes records", () => {
    const changed = [
      minimal,
      minimal.replace("hubspot,", "hubspot, files: link,"),
      minimal.replace("hubspot,", "hubspot, pipeline: p1,"),
      minimal.replace("hubspot,", "hubspot, companies: create,"),
      minimal.replace("hubspot,", "hubspot, contactByPhone: on,"),
      minimal.replace("hubspot,", "hubspot, companies: off,"),
      `${minimal}classes: { newsletter: suppress }\n`,
      `${minimal}matching: { recentSubject: 7d }\n`,
      `${minimal}matching: { recentSubject: off }\n`,
      minimal.replace("Sales@Acme", "deals@Acme"),
      minimal.replace("{ addresses", "{ pipeline: p2, addresses"),
      minimal.replace("{ addresses", "{ tags: { product: pump }, addresses"),
    ].map(version);
    expect(new Set(changed).size).toBe(changed.length);
  });

  test("stays when only credentials, addresses of the CRM, limits or order change", () => {
    const same = [
      minimal,
      minimal.replace("CRM_TOKEN", "WEB_SECRET"),
      minimal.replace("hubspot,", 'hubspot, timeout: 3s, baseUrl: "https://crm.example",'),
      minimal.replace("hubspot,", "hubspot, companies: match,"),
      `${minimal}maxAge: 1d\n`,
      `${minimal}matching: { recentSubject: 30d }\n`,
      `${minimal}matching: { recentSubject: 720h }\n`,
      `${minimal}unknownRecipients: { smtp: quarantine }\n`,
      `${minimal}classes: { newsletter: log, calendar: log }\n`,
    ].map(version);
    expect(new Set(same).size).toBe(1);
  });
});

test("the example of docs/guides/tenants.md is a good file, and does what the guide says", () => {
  const guide = readFileSync(new URL("../../../../docs/guides/tenants.md", import.meta.url), "utf8");
  const example = /^```yaml\n(.*?)^```/ms.exec(guide)?.[1] ?? "";
  const secrets = example.replaceAll(/file:\/run\/secrets\/[a-z-]+/g, "env:WEB_SECRET");
  const { mailboxes } = good(secrets);
  const reached = recipientsIn(mailboxes).find("pump-spring+vip@acme.example");
  expect(reached).toMatchObject({ mailbox: "pump", rule: "pump-{campaign}@acme.example" });
  const tags = reached.kind === "mailbox" ? reached.tags.map(({ kind, value }) => `${kind}: ${value}`) : [];
  expect(guide).toContain(`tags         ${tags.join(", ")}`);
});

test("the tenant of docs/guides/hubspot.md is a good file, with the secrets that the override for containers hands over (N9)", () => {
  const page = (path: string): string => readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8");
  const example = /^```yaml\n(.*?)^```/ms.exec(page("docs/guides/hubspot.md"))?.[1] ?? "";
  expect(good(example.replaceAll(/file:\/run\/secrets\/[a-z-]+/g, "env:WEB_SECRET")).id).toBe("acme");
  const named = [...example.matchAll(/file:\/run\/secrets\/([a-z-]+)/g)].map(([, name]) => name);
  const given = /^secrets:\n(.*)/ms.exec(page("docker/compose.override.example.yaml"))?.[1] ?? "";
  expect([...given.matchAll(/^ {2}([a-z-]+): \{ file: .\/secrets\/\1 \}$/gm)].map(([, name]) => name)).toEqual(named);
});

test("every key of a tenant file is described in its JSON Schema", () => {
  const missing: string[] = [];
  const walk = (node: JsonSchemaNode, path: string): void => {
    for (const [key, child] of Object.entries(node.properties ?? {})) {
      if (child.description === undefined) missing.push(`${path}${key}`);
      walk(child, `${path}${key}.`);
    }
    if (typeof node.additionalProperties === "object") walk(node.additionalProperties, `${path}*.`);
    for (const either of [...(node.oneOf ?? []), ...((node["anyOf"] ?? []) as JsonSchemaNode[])]) walk(either, path);
    if (node.items !== undefined) walk(node.items, `${path}*.`);
  };
  walk(tenantJsonSchema(), "");
  expect(missing).toEqual([]);
});
