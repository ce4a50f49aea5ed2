import { mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blobStoreConformance } from "./blob-store-conformance.ts";
import { createFileBlobStore } from "./file-store.ts";
import { openBlobStore } from "./open-blob-store.ts";
import { BlobMissingError, BlobStoreUnavailableError } from "./port.ts";

const NOW = Date.parse("2026-11-23T12:00:00Z");
let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "inlet-blobs-"));
});
afterAll(async () => {
  await rm(base, { recursive: true });
});

blobStoreConformance("file", async () => {
  const root = join(await mkdtemp(join(base, "s-")), "blobs");
  return {
    store: openBlobStore(pathToFileURL(root).href),
    tamper: async (ref, bytes) => {
      await (bytes === null ? rm(join(root, ref.key)) : writeFile(join(root, ref.key), bytes));
    },
    // A plain file where the volume should be fails for root too, unlike permissions.
    takeAway: async () => {
      await rename(root, `${root}.away`);
      await writeFile(root, "not a folder");
    },
    restore: async () => {
      await rm(root);
      await rename(`${root}.away`, root);
    },
  };
});

describe("the file store", () => {
  it("keeps one file per content and leaves nothing temporary behind", async () => {
    const root = await mkdtemp(join(base, "s-"));
    const [one, two] = [createFileBlobStore(root), createFileBlobStore(root)];
    const bytes = Buffer.alloc(200_000, "a");
    const refs = await Promise.all([one, two, one, two].map((store) => store.put("demo", NOW, bytes)));
    expect(await one.healthy()).toBe(true);
    expect(await readdir(root)).toEqual(["demo"]);
    expect(await readdir(join(root, "demo", "2026-11-23"))).toEqual([refs[0]?.sha256]);
  });

  it("replaces a file of the wrong size, as a copy cut short leaves it", async () => {
    const root = await mkdtemp(join(base, "s-"));
    const store = createFileBlobStore(root);
    const ref = await store.put("demo", NOW, Buffer.from("whole"));
    await writeFile(join(root, ref.key), "wh");
    await store.put("demo", NOW, Buffer.from("whole"));
    expect((await store.get(ref)).toString()).toBe("whole");
  });

  it("tells a volume that is not there from a blob that is not there", async () => {
    const root = await mkdtemp(join(base, "s-"));
    const ref = await createFileBlobStore(root).put("demo", NOW, Buffer.from("x"));
    const unmounted = createFileBlobStore(join(root, "nowhere"));
    await expect(unmounted.get(ref)).rejects.toThrow(BlobStoreUnavailableError);
    await rm(join(root, "demo"), { recursive: true });
    await expect(createFileBlobStore(root).get(ref)).rejects.toThrow(BlobMissingError);
  });
});

describe("openBlobStore", () => {
  it.each([
    ["s3://bucket/prefix?endpoint=minio:9000", "endpoint is not a http(s) URL"],
    ["s3://bucket?pathstyle=true", "pathstyle is unknown; known are endpoint, region, pathStyle"],
    ["s3://bucket?pathStyle=yes", "neither true nor false"],
    ["s3://key:secret@bucket", "holds credentials"],
    ["s3:///prefix", "name a bucket"],
    ["https://example.com/blobs", "the scheme https: is unknown"],
    ["file://host/blobs", "three slashes"],
    ["file:///", "name a folder"],
    ["/var/blobs", "not a URL"],
  ])("refuses %s and says why", (url, problem) => {
    expect(() => openBlobStore(url)).toThrow(problem);
  });
});
