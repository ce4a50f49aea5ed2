import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openTenantDirectory } from "./tenant-directory.ts";

/** The looks of a running service, one by one. */
function tenantFile(name: string): string {
  return `name: ${name}
sources: { web: { kind: signed-json, secrets: ["file:web-secret"] } }
mailboxes: { sales: { addresses: [sales@acme.example] } }
crm: { kind: hubspot, token: "env:CRM_TOKEN" }
`;
}

let dir: string;
const env = { CRM_TOKEN: "crm-token-value" };
const write = (file: string, text: string): void => writeFileSync(join(dir, file), text);
const onReload = vi.fn();
const onFault = vi.fn();

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "inlet-directory-"));
  write("web-secret", "open-sesame-0123456789");
  write("acme.yaml", tenantFile("Acme"));
  onReload.mockReset();
  onFault.mockReset();
});
afterEach(() => rmSync(dir, { recursive: true }));

test("a file that is being written is not in force, even where its half could be read", async () => {
  const { tenants, look } = openTenantDirectory({ dir, env, onReload, onFault });
  const whole = `${tenantFile("Acme Ltd")}maxAge: 1d\n`;
  for (const end of [0, 12, tenantFile("Acme Ltd").length, whole.length]) {
    write("acme.yaml", whole.slice(0, end));
    await look();
    expect(tenants.get("acme")?.name).toBe("Acme");
  }
  await look();
  expect(tenants.get("acme")).toMatchObject({ name: "Acme Ltd", maxAgeMs: 86_400_000 });
  expect(onReload.mock.calls).toEqual([[["acme"]]]);
  expect(onFault).not.toHaveBeenCalled();
});

test("a file must be gone at two looks in a row before its tenant goes", async () => {
  const { tenants, look } = openTenantDirectory({ dir, env, onReload, onFault });
  rmSync(join(dir, "acme.yaml"));
  await look();
  expect(tenants.get("acme")?.name).toBe("Acme");
  write("acme.yaml", tenantFile("Acme Ltd"));
  await look();
  await look();
  expect(tenants.get("acme")?.name).toBe("Acme Ltd");
  rmSync(join(dir, "acme.yaml"));
  await look();
  await look();
  expect(tenants.get("acme")).toBeUndefined();
  expect(onReload.mock.calls).toEqual([[["acme"]], [["acme"]]]);
});

test("among many files each change is found in its turn; nothing else is read again", async () => {
  for (let n = 0; n < 99; n += 1) write(`t${n}.yaml`, tenantFile(`Tenant ${n}`));
  const { tenants, look } = openTenantDirectory({ dir, env, onReload, onFault, filesPerLook: 20 });
  const list = tenants.all();
  const untouched = tenants.get("t7");
  expect(list).toHaveLength(100);
  // In place: the directory does not tell, the round of five looks does.
  write("t98.yaml", tenantFile("Changed in place"));
  for (let n = 0; n < 7; n += 1) await look();
  expect(tenants.get("t98")?.name).toBe("Changed in place");
  // A file that comes or goes changes the directory: seen at the next look, in force at the one after.
  write("zz.yaml", tenantFile("New"));
  rmSync(join(dir, "t0.yaml"));
  await look();
  await look();
  expect([tenants.get("zz")?.name, tenants.get("t0")]).toEqual(["New", undefined]);
  expect(onReload.mock.calls).toEqual([[["t98"]], [["t0", "zz"]]]);
  expect(tenants.get("t7")).toBe(untouched);
  const now = tenants.all();
  expect(now).not.toBe(list);
  await look();
  expect(tenants.all()).toBe(now);
});
