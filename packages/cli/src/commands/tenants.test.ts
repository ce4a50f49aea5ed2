import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, expect, test } from "vitest";
import { UsageError } from "../context.ts";
import { registerTenants } from "./tenants.ts";

const dir = mkdtempSync(path.join(tmpdir(), "inlet-check-"));

beforeAll(() => {
  write(
    "acme",
    'support: { addresses: [support@acme.example] }, campaigns: { addresses: ["campaign-*@acme.example"], pipeline: p2, tags: { product: pump } }, rest: { addresses: ["*@acme.example"] }, all: { addresses: ["info@shared.example"] }',
  );
  write(
    "globex",
    "sales: { addresses: [sales@globex.example, INFO@shared.example] }",
    "unknownRecipients: { smtp: quarantine, http: quarantine }\n",
  );
});
afterAll(() => rmSync(dir, { recursive: true }));

function write(id: string, mailboxes: string, more = ""): void {
  const text = `name: ${id}\nsources: {}\nmailboxes: { ${mailboxes} }\ncrm: { kind: hubspot, token: "env:TOKEN" }\n${more}`;
  writeFileSync(path.join(dir, `${id}.yaml`), text);
}

async function check(
  ...given: (string | Record<string, string>)[]
): Promise<{ code: number; out: string; err: string }> {
  const args = given.filter((each) => typeof each === "string");
  const env = given.find((each) => typeof each !== "string");
  const said = { code: 0, out: "", err: "" };
  const program = new Command().exitOverride().enablePositionalOptions();
  registerTenants(program, {
    out: (line) => void (said.out += `${line}\n`),
    err: (line) => void (said.err += `${line}\n`),
    isTerminal: false,
    env: { TENANTS_DIR: dir, TOKEN: "token", ...env },
    setExitCode: (code) => void (said.code = Math.max(said.code, code)),
  });
  await program.parseAsync(["tenants", "check", ...args], { from: "user" });
  return said;
}

test("IN1: an address, the rule that counts and those that lost", async () => {
  const { code, out } = await check("campaign-q3+vip@acme.example");
  expect(out).toBe(
    [
      "campaign-q3+vip@acme.example",
      "  reaches      tenant acme, mailbox campaigns",
      "  by           campaign-*@acme.example (the most specific pattern)",
      "  tags         product: pump, campaign-q3: vip, campaign: q3",
      "  new deals    pipeline p2",
      "  passed over  *@acme.example (tenant acme, mailbox rest: less specific)",
      "",
    ].join("\n"),
  );
  expect(code).toBe(0);
});

test.each([
  ["nobody@globex.example", /no mailbox\n.*tenant globex\n.*dead-lettered.*\n.*dead-lettered/, 1],
  ["sales@elsewhere.example", /no mailbox\n.*no tenant, or several\n.*refused at RCPT \(550\)\n.*written without/, 1],
  ["info@shared.example", /no tenant: several claim it alike\n.*acme.*neither.*\n.*globex.*neither/, 1],
  ["anybody@acme.example", /mailbox rest\n.*the whole domain/, 0],
])("%s", async (address, said, code) => {
  const found = await check(address);
  expect(found.out).toMatch(said);
  expect(found.code).toBe(code);
  const { explanation, faults } = JSON.parse((await check(address, "--json")).out) as {
    explanation: object;
    faults: unknown[];
  };
  expect(explanation).toMatchObject({ address });
  expect(faults).toEqual([]);
});

test("what is no address is wrong use", async () => {
  await expect(check("support")).rejects.toThrow(UsageError);
});

test("an address that two tenants have is a warning, and no fault", async () => {
  const { code, out, err } = await check();
  expect(out).toMatch(/globex +shared/);
  expect(err).toContain("warning: info@shared.example belongs to acme and globex: SMTP gives it to none of them.\n");
  expect(code).toBe(0);
});

test("lanes that Kafka cannot be asked about are said so, and are no fault of the files (N1)", async () => {
  const { code, err } = await check({ KAFKA_BROKERS: "127.0.0.1:1" });
  expect(err).toMatch(/^lanes were not looked at: no Kafka broker answers at 127\.0\.0\.1:1/m);
  expect(code).toBe(0);
});
