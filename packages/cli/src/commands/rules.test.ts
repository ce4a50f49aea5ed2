import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readTenant } from "@inlet/config";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CommandFailed, INLET_ROOT, UsageError } from "../context.ts";
import { registerRules } from "./rules.ts";

const GUIDE = readFileSync(path.join(INLET_ROOT, "docs/guides/rules.md"), "utf8");
const EXAMPLE = /^```yaml\n(.*?)^```/ms.exec(GUIDE)?.[1] ?? "";
const TENANT = `
name: Acme
sources: {}
mailboxes: { sales: { addresses: [sales@inlet.example] }, campaigns: { addresses: ["campaign-{campaign}@inlet.example"] } }
crm: { kind: hubspot, token: "env:NOT_SET" }
`;
const dir = mkdtempSync(path.join(tmpdir(), "inlet-rules-"));
const email = (name: string): string => path.join(INLET_ROOT, "test/emails", name);

beforeAll(() => {
  write("acme", EXAMPLE);
  write("empty", "");
  write("broken", "rules: [{ id: r, when: { keyword: [x] }, then: { tag: { kind: t, value: x } } }]\n");
  write(
    "spring",
    "rules: [{ id: spring, when: { tags: [{ kind: campaign }], mailbox: [campaigns] }, then: { setStage: { stage: new, pipeline: spring } } }]\n",
  );
});
afterAll(() => rmSync(dir, { recursive: true }));

function write(id: string, more: string): void {
  writeFileSync(path.join(dir, `${id}.yaml`), `${TENANT}${more}`);
}

async function rulesTry(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { code: 0, out: "", err: "" };
  const program = new Command().exitOverride();
  registerRules(program, {
    out: (line) => void (said.out += `${line}\n`),
    err: (line) => void (said.err += `${line}\n`),
    isTerminal: false,
    env: { TENANTS_DIR: dir },
    setExitCode: (code) => void (said.code = Math.max(said.code, code)),
  });
  await program.parseAsync(["rules", "try", ...args], { from: "user" });
  return said;
}

describe("docs/guides/rules.md", () => {
  test("its example is a good part of a tenant file", () => {
    const env = { NOT_SET: "token", ACME_NOTICE_SECRET: `whsec_${Buffer.alloc(32, 7).toString("base64")}` };
    const { tenant, faults } = readTenant("acme", `${TENANT}${EXAMPLE}`, { where: "acme.yaml", env, baseDir: dir });
    expect(faults).toEqual([]);
    expect(tenant?.rules.map(({ id }) => id)).toEqual(["pricing-asked", "outage"]);
  });

  test("what it shows is what the command prints", async () => {
    const shown = /^```text\n(.*?)^```/ms.exec(GUIDE)?.[1] ?? "none";
    const command = /^ {4}npx inlet rules try (\S+) (.*)$/m.exec(GUIDE) ?? [];
    const args = [path.join(INLET_ROOT, command[1] ?? "none"), ...(command[2] ?? "").split(" ")];
    const { code, out } = await rulesTry(...args, "--dir", path.join(INLET_ROOT, "config/tenants"));
    const comparable = (text: string): string =>
      text.replaceAll(INLET_ROOT, "").replaceAll(/due [\d-]+T[\d:]+Z/g, "due then");
    expect(comparable(out)).toBe(comparable(shown));
    expect(code).toBe(0);
  });
});

test("WR7: what is quoted is not asked again", async () => {
  const { code, out } = await rulesTry(email("rules/pricing-only-in-the-quote.eml"), "--tenant", "acme");
  expect(out).toMatch(/pricing-asked: not met .*\n.*mailbox +yes +sales\n.*intent +no +–\n/);
  expect(out).toContain("Nothing would be done.");
  expect(code).toBe(0);
});

test("the rule of the demo tenant is met by its email", async () => {
  const args = ["--tenant", "demo", "--dir", path.join(INLET_ROOT, "config/tenants"), "--json"];
  const { out } = await rulesTry(email("rules/pricing-asked-for.eml"), ...args);
  expect(JSON.parse(out)).toMatchObject({
    tenant: "demo",
    mailbox: "sales",
    class: "human",
    policy: "write",
    intents: [{ intent: "pricing" }],
    rules: [
      {
        ruleId: "pricing-asked",
        held: true,
        actions: [{ kind: "createTask", title: "Quote for ines@duarte.example.com: Pumps for our plant in Porto" }, {}],
      },
    ],
  });
});

test("--to is the address that the email reached", async () => {
  const file = email("rules/pricing-asked-for.eml");
  const without = JSON.parse((await rulesTry(file, "--tenant", "spring", "--json")).out) as object;
  expect(without).toMatchObject({ mailbox: "sales", tags: [], rules: [{ held: false, actions: [] }] });
  const to = ["--to", "campaign-q2@inlet.example"];
  const { out } = await rulesTry(file, "--tenant", "spring", ...to, "--json");
  expect(JSON.parse(out)).toMatchObject({
    mailbox: "campaigns",
    tags: [{ kind: "campaign", value: "q2" }],
    rules: [{ held: true, actions: [{ kind: "setStage", stage: "new", pipeline: "spring" }] }],
  });
});

test("mail that the tenant suppresses meets no rule, and the table says so", async () => {
  const { out } = await rulesTry(email("machine/bounce-dsn.eml"), "--tenant", "acme");
  expect(out).toMatch(/class +bounce \(suppressed: rules are not asked\)/);
  expect(out).toContain("Nothing would be done.");
});

test("a tenant without rules", async () => {
  expect((await rulesTry(email("rules/pricing-asked-for.eml"), "--tenant", "empty")).out).toMatch(/has no rules/);
});

test("a file with faults: each with its remedy, exit code 1", async () => {
  const { code, out, err } = await rulesTry(email("rules/pricing-asked-for.eml"), "--tenant", "broken");
  expect(err).toContain('broken.yaml: rules.0.when.keyword: is not a key that Inlet knows. Did you mean "keywords"?.');
  expect([code, out]).toEqual([1, ""]);
  const json = await rulesTry(email("rules/pricing-asked-for.eml"), "--tenant", "broken", "--json");
  expect(JSON.parse(json.out)).toMatchObject({ faults: [{ field: "rules.0.when.keyword" }] });
  expect(json.code).toBe(1);
});

test("an email that cannot be understood", async () => {
  const file = path.join(dir, "empty.eml");
  writeFileSync(file, "");
  await expect(rulesTry(file, "--tenant", "acme")).rejects.toThrow(CommandFailed);
  const { code, out } = await rulesTry(file, "--tenant", "acme", "--json");
  expect(JSON.parse(out)).toMatchObject({ file, error: { code: expect.any(String) as string } });
  expect(code).toBe(1);
});

test.each([
  [["x.eml", "--tenant", "nobody"], UsageError, /nobody.yaml cannot be read \(ENOENT\)/],
  [["x.eml", "--tenant", "../acme"], UsageError, /no tenant's id/],
  [["x.eml", "--tenant", "acme", "--to", "ana"], UsageError, /no address/],
  [["no-such.eml", "--tenant", "acme"], CommandFailed, /ENOENT/],
  [[dir, "--tenant", "acme"], CommandFailed, /is a directory/],
])("rules try %j", async (args, kind, said) => {
  const failed = rulesTry(...args);
  await expect(failed).rejects.toThrow(kind);
  await expect(failed).rejects.toThrow(said);
});
