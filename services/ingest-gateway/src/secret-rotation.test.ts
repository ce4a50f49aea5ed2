import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadTenants } from "@inlet/config";
import type { Tenants } from "@inlet/config";
import { afterEach, beforeEach, expect, test } from "vitest";
import { signedHeaders } from "../testing/sign.ts";
import { NOW, startTestGateway } from "../testing/test-gateway.ts";
import type { TestGateway } from "../testing/test-gateway.ts";
import { eventually } from "../testing/eventually.ts";

const OLD = "the-old-secret-of-acme";
const NEW = "the-new-secret-of-acme";

let dir: string;
let tenants: Tenants;
let gateway: TestGateway;

const write = async (secrets: string[]): Promise<void> =>
  writeFile(
    join(dir, "acme.yaml"),
    `name: Acme\nsources:\n  json: { kind: signed-json, secrets: ${JSON.stringify(secrets)} }\nmailboxes: {}\ncrm: { kind: hubspot, token: "env:TOKEN" }\n`,
  );

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "inlet-rotation-"));
  await writeFile(join(dir, "webhook-secret"), OLD);
  await write(["file:webhook-secret"]);
  tenants = await loadTenants({ dir, env: { TOKEN: "crm-token" }, pollMs: 10 });
  gateway = await startTestGateway({ tenants });
});
afterEach(async () => {
  await gateway.app.close();
  await tenants.close();
  await rm(dir, { recursive: true });
});

let sent = 0;
async function statusWith(secret: string): Promise<number> {
  sent += 1;
  const body = JSON.stringify({ eventId: `evt-${sent}` });
  return (await gateway.postJson(body, { headers: signedHeaders(secret, body, NOW) })).statusCode;
}

test("IN9: from the old secret over both to the new one, without a restart and without a refused sender", async () => {
  expect([await statusWith(OLD), await statusWith(NEW)]).toEqual([202, 401]);
  await writeFile(join(dir, "webhook-secret-new"), NEW);
  await write(["file:webhook-secret-new", "file:webhook-secret"]);
  await eventually(async () => expect(await statusWith(NEW)).toBe(202));
  expect(await statusWith(OLD)).toBe(202);
  await write(["file:webhook-secret-new"]);
  await eventually(async () => expect(await statusWith(OLD)).toBe(401));
  expect(await statusWith(NEW)).toBe(202);
});

test("a secret's file that changes is taken over, though the tenant's file did not change", async () => {
  await writeFile(join(dir, "webhook-secret"), NEW);
  await eventually(async () => expect(await statusWith(NEW)).toBe(202));
  expect(await statusWith(OLD)).toBe(401);
});

test("a secret's file that goes leaves the last good one in force", async () => {
  await rm(join(dir, "webhook-secret"));
  await eventually(() => expect(tenants.faults()).toHaveLength(1));
  expect(await statusWith(OLD)).toBe(202);
});
