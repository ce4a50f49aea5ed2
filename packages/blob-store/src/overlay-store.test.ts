import { expect, it } from "vitest";
import { createMemoryBlobStore } from "./memory-store.ts";
import { createOverlayStore } from "./overlay-store.ts";
import { BlobMissingError } from "./port.ts";

it("reads what either has, and writes nothing into the one below", async () => {
  const [below, above] = [createMemoryBlobStore(), createMemoryBlobStore()];
  const overlay = createOverlayStore(below, above);
  const old = await below.put("acme", 0, Buffer.from("old"));
  const fresh = await overlay.put("acme", 0, Buffer.from("new"));
  expect((await overlay.get(old)).toString()).toBe("old");
  expect((await overlay.get(fresh)).toString()).toBe("new");
  expect((await overlay.getRange(fresh, 0, 2)).toString()).toBe("ne");
  await expect(below.get(fresh)).rejects.toThrow(BlobMissingError);
});
