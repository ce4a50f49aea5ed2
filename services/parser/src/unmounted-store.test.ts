import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { initBlobStore, openBlobStore, type BlobStore } from "@inlet/blob-store";
import { KEEP_FROM_AGE_MS, type AttemptResult } from "@inlet/ledger";
import { topicIn } from "@inlet/schemas";
import { afterAll, beforeAll, expect, it } from "vitest";
import { rawRecord, smallParser } from "../testing/small-parser.ts";

let folder: string;
let root: string;
let blobs: BlobStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "inlet-unmounted-"));
  root = join(folder, "blobs");
  await initBlobStore(pathToFileURL(root).href);
  blobs = openBlobStore(pathToFileURL(root).href);
});
afterAll(async () => rm(folder, { recursive: true }));

it("L23: while the blob store is not mounted the partition pauses, and no email ends; mounted again, all are parsed", async () => {
  const { handle, produced } = smallParser(blobs);
  const records = [
    // One lies in the store, one has a file that goes there.
    await rawRecord(0, await blobs.put("acme", Date.now(), mime("one", false))),
    await rawRecord(1, mime("two", true)),
    await rawRecord(2, await blobs.put("acme", Date.now(), mime("three", true))),
  ];

  // What is left of a mount point.
  await rename(root, `${root}.volume`);
  await mkdir(root);
  for (const batch of [records, records.slice(1), records])
    expect(await handle(batch)).toMatchObject({ processedThrough: null, pauseMs: expect.any(Number) });
  expect(produced).toEqual([]);
  expect(await readdir(root)).toEqual([]);

  await rm(root, { recursive: true });
  await rename(`${root}.volume`, root);
  expect(await handle(records)).toEqual({ processedThrough: 2n });
  const topic = topicIn("normalizedEvents", "shared");
  expect(produced.map((record) => record.topic)).toEqual([topic, topic, topic]);
});

it.each([
  ["a record that Kafka deletes before long waits in the ledger instead of there; a younger one stays", "accepted", 0n],
  ["one of an email that was written, and is only read again, stays as well", "written", null],
])("%s", async (_, state, processedThrough) => {
  const waits: AttemptResult[] = [];
  const { deps, handle } = smallParser(blobs);
  deps.ledger.deliveries.finish = async (end) => void waits.push(end);
  deps.ledger.deliveries.accept = async (all) =>
    all.map(() => ({ state, starts: 1, pass: 0, parsedAfter: 0, erased: false }));
  const body = await blobs.put("acme", Date.now(), mime("four", false));
  const old = { ...(await rawRecord(0, body)), timestamp: Date.now() - KEEP_FROM_AGE_MS - 1 };
  await rename(root, `${root}.volume`);
  await mkdir(root);
  expect(await handle([old, await rawRecord(1, body)])).toMatchObject({
    processedThrough,
    pauseMs: expect.any(Number),
  });
  const waiting = { state: "waiting", code: "infrastructure_away", record: old };
  expect(waits).toMatchObject(
    processedThrough === null ? [] : [{ eventId: "evt_0", stage: "parse", attempt: 0, to: waiting }],
  );
  await rm(root, { recursive: true });
  await rename(`${root}.volume`, root);
});

function mime(name: string, file: boolean): Buffer {
  const head = `From: ${name}@customers.example\r\nTo: sales@acme.example\r\nSubject: ${name}\r\nMessage-ID: <${name}@customers.example>\r\n`;
  if (!file) return Buffer.from(`${head}\r\nHello\r\n`);
  return Buffer.from(
    `${head}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b\r\nContent-Type: text/csv; name=${name}.csv\r\nContent-Disposition: attachment\r\n\r\na,b,${name}\r\n--b--\r\n`,
  );
}
