import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3_CREDENTIALS, startS3Server, type S3Server } from "@inlet/local-stack";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { blobStoreConformance } from "./blob-store-conformance.ts";
import { openBlobStore } from "./open-blob-store.ts";
import { BlobStoreUnavailableError } from "./port.ts";

const NOW = Date.parse("2026-11-24T12:00:00Z");
let folder: string;
let server: S3Server;
let buckets = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "inlet-s3-"));
  server = await startS3Server(folder, process.env);
  vi.stubEnv("AWS_ACCESS_KEY_ID", S3_CREDENTIALS.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", S3_CREDENTIALS.secretAccessKey);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
  await rm(folder, { recursive: true });
});

async function newBucket(): Promise<{ name: string; path: string; url: string }> {
  const name = `inlet-blobs-${(buckets += 1)}`;
  const path = join(server.buckets, name);
  await mkdir(path);
  return { name, path, url: `s3://${name}/mail/here?endpoint=${encodeURIComponent(server.endpoint)}` };
}

blobStoreConformance("S3 (S3Proxy)", async () => {
  const { path, url } = await newBucket();
  const fileOf = (key: string): string => join(path, "mail", "here", key);
  return {
    store: openBlobStore(url),
    tamper: async (ref, bytes) => {
      await (bytes === null ? rm(fileOf(ref.key)) : writeFile(fileOf(ref.key), bytes));
    },
    takeAway: async () => rename(path, `${path}.away`),
    restore: async () => rename(`${path}.away`, path),
  };
});

describe("the S3 store", () => {
  it("keeps blobs below the prefix, and writes again what is of the wrong size", async () => {
    const { path, url } = await newBucket();
    const store = openBlobStore(url);
    const ref = await store.put("demo", NOW, Buffer.from("whole"));
    const file = join(path, "mail", "here", ref.key);
    expect((await readFile(file)).toString()).toBe("whole");
    await writeFile(file, "wh");
    await store.put("demo", NOW, Buffer.from("whole"));
    expect((await store.get(ref)).toString()).toBe("whole");
  });

  it("does not send again what is there", async () => {
    const { path, url } = await newBucket();
    const store = openBlobStore(url);
    const ref = await store.put("demo", NOW, Buffer.from("once"));
    const file = join(path, "mail", "here", ref.key);
    const { mtimeMs, ino } = await stat(file);
    await store.put("demo", NOW, Buffer.from("once"));
    expect(await stat(file)).toMatchObject({ mtimeMs, ino });
  });

  it("says unavailable, not missing, for wrong credentials, a missing bucket and a server that is gone", async () => {
    const { url } = await newBucket();
    const store = openBlobStore(url);
    const ref = await store.put("demo", NOW, Buffer.from("kept"));
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "wrong");
    const refused = openBlobStore(url);
    await expect(refused.get(ref)).rejects.toThrow(/SignatureDoesNotMatch, status 403/);
    await expect(refused.put("demo", NOW, Buffer.from("new"))).rejects.toThrow(BlobStoreUnavailableError);
    expect(await refused.healthy()).toBe(false);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", S3_CREDENTIALS.secretAccessKey);

    const elsewhere = openBlobStore(url.replace(/inlet-blobs-\d+/, "no-such-bucket"));
    await expect(elsewhere.get(ref)).rejects.toThrow(/NoSuchBucket/);
    await expect(elsewhere.put("demo", NOW, Buffer.from("new"))).rejects.toThrow(/NoSuchBucket/);

    await server.stop();
    await expect(store.get(ref)).rejects.toThrow(/ECONNREFUSED/);
    await expect(store.put("demo", NOW, Buffer.from("new"))).rejects.toThrow(BlobStoreUnavailableError);
    expect(await store.healthy()).toBe(false);
    await server.start();
    expect((await store.get(ref)).toString()).toBe("kept");
  });
});
