import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { initBlobStore, openBlobStore } from "@inlet/blob-store";
import { KEEP_FROM_AGE_MS } from "@inlet/ledger";
import { ledgerOn, openMemoryDatabase } from "@inlet/ledger/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { SinkDeps } from "./attempt.ts";
import { createFairQueue } from "./intake/fair-queue.ts";
import { createBatchHandler } from "./intake/handle-batch.ts";
import { buildEmail, httpTenant, buildRecord } from "../testing/emails.ts";
import { sinkDeps } from "../testing/sink-deps.ts";

let folder: string;
let root: string;
let crm: Server;
let ledger: ReturnType<typeof ledgerOn>;
let deps: SinkDeps;
let blobs: SinkDeps["blobs"];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "inlet-unmounted-"));
  root = join(folder, "blobs");
  const url = pathToFileURL(root).href;
  await initBlobStore(url);
  blobs = openBlobStore(url);
  crm = createServer((_, response) =>
    response.writeHead(200, { "content-type": "application/json" }).end('{"id":"1"}'),
  );
  await new Promise<void>((resolve) => crm.listen(0, "127.0.0.1", resolve));
  const tenant = httpTenant("acme", `http://127.0.0.1:${(crm.address() as AddressInfo).port}`);
  ledger = ledgerOn(await openMemoryDatabase());
  deps = sinkDeps(ledger, new Map([["acme", tenant]]), { blobs });
});
afterAll(async () => {
  await deps.crms.close();
  crm.close();
  await ledger.close();
  await rm(folder, { recursive: true });
});

it("L23: while the blob store is not mounted the partition pauses, and no email ends; mounted again, all are written", async () => {
  const names = ["ada", "bob", "eve"];
  const text = await blobs.put("acme", Date.now(), Buffer.from("A long text"));
  const events = names.map((name) => buildEmail("acme", name, { text, html: text }));
  const records = await Promise.all(
    events.map(async (event, index) => buildRecord(deps.codec, event, { partition: 0, offset: BigInt(index) })),
  );
  const states = async (): Promise<(string | undefined)[]> => {
    const keys = events.map(({ eventId }) => ({ tenant: "acme", eventId }));
    const found = await deps.ledger.inspect.states(keys);
    return keys.map(({ eventId }) => found.get(`acme/${eventId}`));
  };
  const handle = createBatchHandler(deps, createFairQueue(8, deps.slowMs));
  const read = async () => handle(records, { signal: new AbortController().signal, endOffset: 0n });

  // What is left of a mount point.
  await rename(root, `${root}.volume`);
  await mkdir(root);
  for (let again = 0; again < 5; again += 1)
    expect(await read()).toMatchObject({ processedThrough: null, pauseMs: expect.any(Number) });
  const ended = (await states()).filter((state) => state !== undefined && state !== "delivering");
  expect(ended).toEqual([]);
  expect(await readdir(root)).toEqual([]);

  await rm(root, { recursive: true });
  await rename(`${root}.volume`, root);
  expect(await read()).toEqual({ processedThrough: 2n });
  expect(await states()).toEqual(["written", "written", "written"]);
});

it("an email that Kafka deletes before long waits in the ledger with its bytes instead; one that is younger stays in Kafka", async () => {
  const text = await blobs.put("acme", Date.now(), Buffer.from("A long text"));
  const [old, young] = await Promise.all(
    ["old", "young"].map(async (name, index) => {
      const record = await buildRecord(deps.codec, buildEmail("acme", name, { text, html: text }), {
        partition: 1,
        offset: BigInt(index),
      });
      return name === "old" ? { ...record, timestamp: Date.now() - KEEP_FROM_AGE_MS - 1 } : record;
    }),
  );
  const handle = createBatchHandler(deps, createFairQueue(8, deps.slowMs));
  await rename(root, `${root}.volume`);
  await mkdir(root);
  const outcome = await handle([old, young] as never, { signal: new AbortController().signal, endOffset: 2n });
  expect(outcome).toMatchObject({ processedThrough: 0n, pauseMs: expect.any(Number) });
  const waiting = await deps.ledger.waiting.list({ tenant: "acme" }, 10);
  expect(waiting).toMatchObject([{ code: "infrastructure_away", byReference: false, attempt: 0 }]);
  await rm(root, { recursive: true });
  await rename(`${root}.volume`, root);
});
