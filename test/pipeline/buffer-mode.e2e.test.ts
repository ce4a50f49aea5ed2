import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { duplicatesIn } from "@inlet/crm-sandbox";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually, runInlet, type RunningInlet, type Service } from "../running/running-inlet.ts";

/** WR9: an operator holds a tenant's mail back with `inlet buffer`, two sinks running. */
let inlet: RunningInlet;
let gateway: Service;

beforeAll(async () => {
  inlet = await runInlet();
  const acme = await readFile(inlet.tenantFile, "utf8");
  const globex = acme.replace("name: Acme", "name: Globex").replaceAll("sales@inlet.example", "sales@globex.example");
  await writeFile(path.join(path.dirname(inlet.tenantFile), "globex.yaml"), globex);
  [gateway] = await Promise.all([
    inlet.start("ingest-gateway"),
    inlet.start("parser"),
    // L12: the ledger has no room, so that all that waits here waits by reference.
    inlet.start("crm-sink", { PARKED_MAX_BYTES: "1" }),
    inlet.start("crm-sink", { PARKED_MAX_BYTES: "1" }),
  ]);
}, 300_000);
afterAll(async () => inlet?.close());

it("WR9: what comes in buffer mode waits and calls nothing, another tenant goes on; off writes all of it, once", async () => {
  expect((await inlet.inlet("buffer", "on", "nobody")).code).toBe(1);
  const on = await inlet.inlet("buffer", "on", "acme", "--why", "CRM migration", "--json");
  expect(JSON.parse(on.stdout)).toEqual({ tenant: "acme", changed: true });
  // Every sink has asked the ledger anew once this is over: until then a sink may trust what it read before.
  await until(Date.now() + 1_000);

  const held: string[] = [];
  for (let i = 1; i <= 6; i += 1) held.push(await send("acme", i, `customer-${i}@example.com`));
  const free = await send("globex", 1, "customer@example.net");
  await eventually(
    "the other tenant's email",
    async () => ((await state("globex", free)) === "written" ? true : null),
    60_000,
  );
  await eventually("acme's to wait", async () => ((await buffered())?.waiting === held.length ? true : null), 60_000);
  expect(await buffered()).toMatchObject({ tenant: "acme", why: "CRM migration", waiting: held.length });
  expect(await inlet.ledger.waiting.parkedBytes(["shared"])).toEqual([]);
  expect(inlet.sandbox.store.all("emails")).toHaveLength(1);
  expect(inlet.sandbox.store.all("contacts")).toHaveLength(1);
  expect(await inlet.inlet("reconcile")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`in flight ${held.length}`),
  });

  expect(JSON.parse((await inlet.inlet("buffer", "off", "acme", "--json")).stdout)).toEqual({
    tenant: "acme",
    changed: true,
    released: held.length,
  });
  for (const eventId of held) {
    await eventually(`${eventId}`, async () => ((await state("acme", eventId)) === "written" ? true : null), 60_000);
    expect(await inlet.ledger.inspect.delivery("acme", eventId)).toMatchObject({ attempt: 0, warnings: [] });
  }
  expect(inlet.sandbox.store.all("emails")).toHaveLength(held.length + 1);
  expect(duplicatesIn(inlet.sandbox.store)).toEqual([]);
  expect(await buffered()).toBeUndefined();
}, 240_000);

async function state(tenant: string, eventId: string): Promise<string | undefined> {
  return (await inlet.ledger.inspect.delivery(tenant, eventId))?.state;
}

async function buffered(): Promise<{ tenant: string; waiting: number } | undefined> {
  const { stdout } = await inlet.inlet("buffer", "list", "--json");
  return (JSON.parse(stdout) as { tenant: string; waiting: number }[])[0];
}

async function until(time: number): Promise<void> {
  await eventually("a second to pass", async () => (Date.now() >= time ? true : null), 10_000);
}

async function send(tenant: string, i: number, from: string): Promise<string> {
  return inlet.post(
    gateway,
    `buffer-${tenant}-${i}`,
    `From: ${from}\r\nTo: sales@inlet.example\r\nSubject: Held ${i}\r\nDate: Mon, 23 Nov 2026 10:0${i}:00 +0000\r\nMessage-ID: <buffer-${i}@${tenant}.example>\r\n\r\nHello\r\n`,
    tenant,
  );
}
