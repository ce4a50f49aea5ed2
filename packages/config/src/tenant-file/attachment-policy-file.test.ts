import { expect, test } from "vitest";
import { readTenant } from "../index.ts";

function read(attachments: string): ReturnType<typeof readTenant> {
  const text = `
name: Acme
sources: { web: { kind: signed-json, secrets: ["env:SECRET"] } }
mailboxes: { sales: { addresses: [sales@acme.example] } }
crm: { kind: hubspot, token: "env:SECRET" }
${attachments}`;
  const env = { SECRET: "open-sesame-0123456789" };
  return readTenant("acme", text, { where: "acme.yaml", env, baseDir: "." });
}

test("without a word programs are refused, and email waits while the scanner is away", () => {
  const policy = read("").tenant?.attachments;
  expect(policy).toMatchObject({
    maxBytes: 32 * 1024 * 1024,
    maxTotalBytes: 50 * 1024 * 1024,
    allowedTypes: null,
    archives: "allow",
    onRefusal: "drop",
    scannerAway: "hold",
    unscannable: "pass",
  });
  expect(policy?.refusedExtensions).toEqual(expect.arrayContaining(["exe", "js", "lnk", "iso"]));
  expect(policy?.refusedTypes).toContain("application/x-msdownload");
});

test("lists replace the defaults, in lower case", () => {
  const { tenant } = read("attachments: { refusedExtensions: [EXE], allowedTypes: [Image/*], maxSize: 1MiB }");
  expect(tenant?.attachments).toMatchObject({
    refusedExtensions: ["exe"],
    allowedTypes: ["image/*"],
    maxBytes: 1024 * 1024,
  });
});

test("every fault is named with its remedy", () => {
  const { faults } = read(
    'attachments: { maxSize: 10MB, refusedExtensions: [".exe"], allowedTypes: [], onRefusal: bounce, scanAway: pass }',
  );
  expect(faults.map(({ field, problem, remedy }) => `${field} ${problem}. ${remedy}`)).toEqual([
    "attachments.maxSize is not a size. Expected: largest attachment, such as 32MiB",
    expect.stringContaining("attachments.allowedTypes is empty"),
    "attachments.refusedExtensions.0 is not an extension without a dot. Expected: an extension without a dot, such as exe",
    expect.stringContaining("attachments.onRefusal is not one of drop, dead-letter. "),
    expect.stringContaining("attachments.scanAway is not a key that Inlet knows. "),
  ]);
});

test("what is let through shapes the records: another policy is another mapping", () => {
  const version = (attachments: string): string | undefined => read(attachments).tenant?.mappingVersion;
  expect(version("attachments: { archives: refuse }")).not.toBe(version(""));
  expect(version("attachments: { archives: allow }")).toBe(version(""));
});
