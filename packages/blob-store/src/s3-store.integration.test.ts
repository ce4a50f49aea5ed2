import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3_CREDENTIALS, startS3Server, type S3Server } from "@inlet/local-stack";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { blobStoreConformance } from "../conformance/behaviours.ts";
import { initBlobStore } from "./init-blob-store.ts";
import { MARKER } from "./marker.ts";
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
  const url = `s3://${name}/mail/here?endpoint=${encodeURIComponent(server.endpoint)}`;
  expect(await initBlobStore(url)).toEqual({ marker: `s3://${name}/mail/here/${MARKER}`, made: true });
  expect(await initBlobStore(url)).toMatchObject({ made: false });
  return { name, path, url };
}

blobStoreConformance("S3 (S3Proxy)", async () => {
  const { path, url } = await newBucket();
  const toFile = (key: string): string => join(path, "mail", "here", key);
  return {
    store: openBlobStore(url),
    tamper: async (ref, bytes) => {
      await (bytes === null ? rm(toFile(ref.key)) : writeFile(toFile(ref.key), bytes));
    },
    takeAway: async () => rename(path, `${path}.away`),
    restore: async () => rename(`${path}.away`, path),
    // The server's own disk is not mounted: the bucket is an empty folder.
    unmount: async () => {
      await rename(path, `${path}.away`);
      await mkdir(path);
    },
    mount: async () => {
      await rm(path, { recursive: true });
      await rename(`${path}.away`, path);
    },
    writtenBelow: async () => readdir(path),
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
    expect(await refused.fault()).toContain("SignatureDoesNotMatch");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", S3_CREDENTIALS.secretAccessKey);

    const elsewhere = openBlobStore(url.replace(/inlet-blobs-\d+/, "no-such-bucket"));
    await expect(elsewhere.get(ref)).rejects.toThrow(/NoSuchBucket/);
    await expect(elsewhere.put("demo", NOW, Buffer.from("new"))).rejects.toThrow(/NoSuchBucket/);
    expect(await elsewhere.fault()).toContain("NoSuchBucket");

    await server.stop();
    await expect(store.get(ref)).rejects.toThrow(/ECONNREFUSED/);
    await expect(store.put("demo", NOW, Buffer.from("new"))).rejects.toThrow(BlobStoreUnavailableError);
    expect(await store.fault()).toContain("ECONNREFUSED");
    await server.start();
    expect((await store.get(ref)).toString()).toBe("kept");
  });

  it("L23: keeps its marker young, so that no lifecycle rule takes it, and says where it lacks", async () => {
    const { path, url } = await newBucket();
    const marker = join(path, "mail", "here", MARKER);
    const text = await readFile(marker, "utf8");
    const old = Date.now() / 1000 - 60 * 86_400;
    await utimes(marker, old, old);
    expect(await openBlobStore(url).fault()).toBeNull();
    expect((await stat(marker)).mtimeMs / 1000).toBeGreaterThan(old + 86_400);
    expect(await readFile(marker, "utf8")).toBe(text);
    const besides = openBlobStore(url.replace("/mail/here", "/mail"));
    expect(await besides.fault()).toMatch(new RegExp(`/mail/${MARKER} is not there.*inlet blobs init`));
  });
});
