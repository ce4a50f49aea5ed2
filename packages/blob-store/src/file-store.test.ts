import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blobStoreConformance } from "../conformance/behaviours.ts";
import { createFileBlobStore } from "./file-store.ts";
import { initBlobStore } from "./init-blob-store.ts";
import { MARKER } from "./marker.ts";
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
  await initBlobStore(pathToFileURL(root).href);
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
    unmount: async () => {
      await rename(root, `${root}.away`);
      await mkdir(root);
    },
    mount: async () => {
      await rm(root, { recursive: true });
      await rename(`${root}.away`, root);
    },
    writtenBelow: async () => readdir(root),
  };
});

/** The root of a new store. */
async function newStore(): Promise<string> {
  const root = await mkdtemp(join(base, "s-"));
  await initBlobStore(pathToFileURL(root).href);
  return root;
}

describe("the file store", () => {
  it("keeps one file per content and leaves nothing temporary behind", async () => {
    const root = await newStore();
    const [one, two] = [createFileBlobStore(root), createFileBlobStore(root)];
    const bytes = Buffer.alloc(200_000, "a");
    const refs = await Promise.all([one, two, one, two].map((store) => store.put("demo", NOW, bytes)));
    expect(await one.fault()).toBeNull();
    expect((await readdir(root)).toSorted()).toEqual([MARKER, "demo"]);
    expect(await readdir(join(root, "demo", "2026-11-23"))).toEqual([refs[0]?.sha256]);
  });

  it("replaces a file of the wrong size, as a copy cut short leaves it", async () => {
    const root = await newStore();
    const store = createFileBlobStore(root);
    const ref = await store.put("demo", NOW, Buffer.from("whole"));
    await writeFile(join(root, ref.key), "wh");
    await store.put("demo", NOW, Buffer.from("whole"));
    expect((await store.get(ref)).toString()).toBe("whole");
  });

  it("tells a volume that is not there from a blob that is not there", async () => {
    const root = await newStore();
    const ref = await createFileBlobStore(root).put("demo", NOW, Buffer.from("x"));
    const unmounted = createFileBlobStore(join(root, "nowhere"));
    await expect(unmounted.get(ref)).rejects.toThrow(BlobStoreUnavailableError);
    expect(await unmounted.fault()).toContain("inlet blobs init");
    await expect(stat(join(root, "nowhere"))).rejects.toThrow(/ENOENT/);
    await rm(join(root, "demo"), { recursive: true });
    await expect(createFileBlobStore(root).get(ref)).rejects.toThrow(BlobMissingError);
  });

  it("L23: keeps its marker young, so that no rule for old files takes it", async () => {
    const root = await newStore();
    const [marker, store] = [join(root, MARKER), createFileBlobStore(root)];
    const old = Date.now() / 1000 - 60 * 86_400;
    await utimes(marker, old, old);
    expect(await store.fault()).toBeNull();
    expect((await stat(marker)).mtimeMs / 1000).toBeGreaterThan(old + 86_400);
  });

  it("L23: a store from before there were markers is marked by one command, with all that it holds", async () => {
    const root = await newStore();
    const ref = await createFileBlobStore(root).put("demo", NOW, Buffer.from("x"));
    await rm(join(root, MARKER));
    const store = createFileBlobStore(root);
    expect(await store.fault()).toContain("inlet blobs init");
    const url = pathToFileURL(root).href;
    expect(await initBlobStore(url)).toEqual({ marker: join(root, MARKER), made: true });
    expect(await initBlobStore(url)).toEqual({ marker: join(root, MARKER), made: false });
    expect((await store.get(ref)).toString()).toBe("x");
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

it("L23: a store that must not be made anew is not marked, and says what to do; one that is marked needs no leave", async () => {
  const root = join(await mkdtemp(join(base, "n-")), "blobs");
  const url = pathToFileURL(root).href;
  const asked: string[] = [];
  const may = (answer: boolean) => async (marker: string) => {
    asked.push(marker);
    return answer;
  };
  await expect(initBlobStore(url, { may: may(false) })).rejects.toThrow("inlet blobs init");
  expect(await readdir(join(root, ".."))).toEqual([]);
  expect(await initBlobStore(url, { may: may(true) })).toMatchObject({ made: true });
  expect(await initBlobStore(url, { may: may(false) })).toMatchObject({ made: false });
  expect(asked).toEqual([join(root, MARKER), join(root, MARKER)]);
});
