import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ConfigError, DEMO_MARK, loadTenants, readEnvironment, tenantJsonSchema, warnOfDemoSecrets } from "../index.ts";
import type { LoadTenantsOptions, Tenants } from "../index.ts";

const repository = new URL("../../../../", import.meta.url);

function tenantFile(name: string, secret = "file:web-secret"): string {
  return `name: ${name}
sources: { web: { kind: signed-json, secrets: ["${secret}"] } }
mailboxes: { sales: { addresses: [sales@acme.example] } }
crm: { kind: hubspot, token: "env:CRM_TOKEN" }
`;
}

/** Tries until it holds; a busy machine may stand still for longer than the second that vitest waits. */
const eventually = async (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 30_000, interval: 5 });

let dir: string;
let tenants: Tenants | null = null;
const env = { CRM_TOKEN: "crm-token-value" };

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "inlet-tenants-"));
  writeFileSync(join(dir, "web-secret"), "open-sesame-0123456789\n");
  writeFileSync(join(dir, "acme.yaml"), tenantFile("Acme"));
});
afterEach(async () => {
  await tenants?.close();
  tenants = null;
  rmSync(dir, { recursive: true });
});

async function load(options: Partial<LoadTenantsOptions> = {}): Promise<Tenants> {
  tenants = await loadTenants({ dir, env, pollMs: 10, ...options });
  return tenants;
}

test("a change of a file is taken over, and said once", async () => {
  const onReload = vi.fn();
  const loaded = await load({ onReload });
  writeFileSync(join(dir, "acme.yaml"), tenantFile("Acme Ltd"));
  await eventually(() => expect(loaded.get("acme")?.name).toBe("Acme Ltd"));
  expect(onReload.mock.calls).toEqual([[["acme"]]]);
});

test("a change of a secret's file is taken over", async () => {
  const loaded = await load();
  writeFileSync(join(dir, "web-secret"), "another-sesame-0123456789");
  await eventually(() =>
    expect(loaded.get("acme")?.sources.get("web")?.secrets.reveal()).toEqual(["another-sesame-0123456789"]),
  );
});

test("a new tenant comes, a removed one goes", async () => {
  const loaded = await load();
  writeFileSync(join(dir, "globex.yaml"), tenantFile("Globex"));
  await eventually(() => expect(loaded.all().map(({ id }) => id)).toEqual(["acme", "globex"]));
  rmSync(join(dir, "acme.yaml"));
  await eventually(() => expect(loaded.all().map(({ id }) => id)).toEqual(["globex"]));
});

test("a broken file keeps its last good version and is reported until it is repaired", async () => {
  const loaded = await load();
  writeFileSync(join(dir, "acme.yaml"), "name: [unclosed");
  await eventually(() => expect(loaded.faults()).not.toEqual([]));
  expect(loaded.get("acme")?.name).toBe("Acme");
  expect(loaded.faults()[0]?.where).toContain("acme.yaml");
  writeFileSync(join(dir, "acme.yaml"), tenantFile("Acme again"));
  await eventually(() => expect(loaded.faults()).toEqual([]));
  expect(loaded.get("acme")?.name).toBe("Acme again");
});

test("a file that is replaced by renaming another over it is taken over, and never goes", async () => {
  const onReload = vi.fn();
  const loaded = await load({ onReload });
  for (const name of ["Acme 1", "Acme 2", "Acme 3"]) {
    writeFileSync(join(dir, ".acme.new"), tenantFile(name));
    renameSync(join(dir, ".acme.new"), join(dir, "acme.yaml"));
    await eventually(() => expect(loaded.get("acme")?.name).toBe(name));
  }
  expect(onReload).toHaveBeenCalledTimes(3);
  expect(loaded.all()).toHaveLength(1);
});

test("a directory that cannot be read for a while says nothing about its tenants", async () => {
  const onFault = vi.fn();
  const loaded = await load({ onFault });
  renameSync(dir, `${dir}-away`);
  await eventually(() => expect(loaded.faults()[0]?.problem).toMatch(/cannot be read/));
  expect(loaded.get("acme")?.name).toBe("Acme");
  renameSync(`${dir}-away`, dir);
  await eventually(() => expect(loaded.faults()).toEqual([]));
  expect(loaded.get("acme")?.name).toBe("Acme");
  expect(onFault).toHaveBeenCalledTimes(2);
});

// N9: one tenant's typo kept every service from starting.
test("at start a broken file is its own tenant's fault: the others are served, and it is taken over when repaired", async () => {
  writeFileSync(join(dir, "globex.yaml"), tenantFile("Globex", "literal-secret"));
  const onFault = vi.fn();
  const loaded = await load({ onFault });
  expect(loaded.all().map(({ id }) => id)).toEqual(["acme"]);
  expect([loaded.isBroken("globex"), loaded.isBroken("acme"), loaded.isBroken("nobody")]).toEqual([true, false, false]);
  expect(onFault).toHaveBeenCalledWith(loaded.faults());
  expect(loaded.faults()[0]?.where).toContain("globex.yaml");
  writeFileSync(join(dir, "globex.yaml"), tenantFile("Globex"));
  await eventually(() => expect(loaded.get("globex")?.name).toBe("Globex"));
  expect(loaded.isBroken("globex")).toBe(false);
});

test("where not one file is in order, all faults of all files are fatal, at once", async () => {
  writeFileSync(join(dir, "acme.yaml"), "{}");
  writeFileSync(join(dir, "globex.yaml"), tenantFile("Globex", "literal-secret"));
  writeFileSync(join(dir, "initech.yml"), tenantFile("Initech"));
  const error: unknown = await load().catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ConfigError);
  const { faults } = error as ConfigError;
  expect(new Set(faults.map(({ where }) => where.slice(dir.length + 1)))).toEqual(
    new Set(["acme.yaml", "globex.yaml", "initech.yml"]),
  );
});

test.each([
  ["an empty directory", () => rmSync(join(dir, "acme.yaml")), /holds no tenant files/],
  [
    "no directory",
    () => {
      dir = join(dir, "nowhere");
    },
    /cannot be read/,
  ],
])("%s is a fault", async (_what, prepare, problem) => {
  const made = dir;
  prepare();
  await expect(load()).rejects.toThrow(problem);
  dir = made;
});

function demoEnvironment(): NodeJS.Dict<string> {
  return parseEnv(readFileSync(new URL("config/demo.env", repository), "utf8"));
}

test("the demo tenant loads with config/demo.env, and its CRM token is the sandbox's", async () => {
  const demo = demoEnvironment();
  tenants = await loadTenants({ dir: fileURLToPath(new URL("config/tenants", repository)), env: demo });
  expect([...(tenants.get("demo")?.sources.keys() ?? [])]).toEqual([
    "signed-json",
    "standard-webhooks",
    "raw-mime",
    "smtp",
    "postmark",
    "mailgun",
    "mailgun-mime",
    "sendgrid",
    "sendgrid-raw",
    "ses",
    "cloudmailin",
  ]);
  expect(tenants.get("demo")?.crm.token.reveal()).toEqual([demo["SANDBOX_TOKEN"]]);
});

test("demo secrets behind https are warned of by name; behind http they are not", async () => {
  const demo = demoEnvironment();
  tenants = await loadTenants({ dir: fileURLToPath(new URL("config/tenants", repository)), env: demo });
  const warn = vi.fn();
  expect(warnOfDemoSecrets(readEnvironment(demo, []), tenants, { warn })).toBe(false);
  expect(
    warnOfDemoSecrets(readEnvironment({ ...demo, PUBLIC_URL: "https://inlet.example" }, []), tenants, { warn }),
  ).toBe(true);
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]?.[0]).toMatchObject({
    settings: [
      "URL_SIGNING_KEYS",
      "SEARCH_KEY",
      "demo: sources.signed-json",
      "demo: sources.standard-webhooks",
      "demo: sources.raw-mime",
      "demo: sources.postmark",
      "demo: sources.mailgun",
      "demo: sources.mailgun-mime",
      "demo: sources.sendgrid",
      "demo: sources.cloudmailin",
      "demo: outbound",
      "demo: crm.token",
    ],
  });
  expect(JSON.stringify(warn.mock.calls)).not.toContain(DEMO_MARK);
});

test("docs/reference/tenant.schema.json is what the code says (npm run reference -w @inlet/config)", () => {
  const written: unknown = JSON.parse(readFileSync(new URL("docs/reference/tenant.schema.json", repository), "utf8"));
  expect(written).toEqual(tenantJsonSchema());
});
