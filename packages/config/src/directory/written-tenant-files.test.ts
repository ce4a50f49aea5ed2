import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openWrittenTenantFiles } from "./written-tenant-files.ts";

let dir: string;
beforeEach(async () => void (dir = await mkdtemp(join(tmpdir(), "inlet-tenants-"))));
afterEach(async () => rm(dir, { recursive: true }));

const FILE = `name: Acme
sources:
  web:
    kind: signed-json
    secrets: [env:ACME_SECRET]
mailboxes:
  sales:
    addresses: [sales@acme.example]
crm:
  kind: hubspot
  token: env:ACME_TOKEN
`;

test("a file is read without its secrets, and again once it has changed", async () => {
  const files = openWrittenTenantFiles(dir);
  await writeFile(join(dir, "acme.yaml"), FILE);
  expect((await files.get("acme"))?.crm).toMatchObject({ kind: "hubspot", baseUrl: "https://api.hubapi.com" });
  await writeFile(join(dir, "acme.yaml"), `${FILE.replace("token", "baseUrl: https://eu.example\n  token")}`);
  expect((await files.get("acme"))?.crm).toMatchObject({ baseUrl: "https://eu.example" });
});

test("none, one with faults, and a name that leads elsewhere are null", async () => {
  await writeFile(join(dir, "broken.yaml"), "crm: [\n");
  const files = openWrittenTenantFiles(dir);
  for (const name of ["acme", "broken", "../acme", "", "ACME"]) expect(await files.get(name), name).toBeNull();
  expect(await openWrittenTenantFiles("").get("acme")).toBeNull();
});
