import { blobStoreConformance } from "../conformance/behaviours.ts";
import { createMemoryBlobStore } from "./memory-store.ts";

blobStoreConformance("memory", () => {
  const store = createMemoryBlobStore();
  return Promise.resolve({
    store,
    tamper: (ref, bytes) => store.tamper(ref.key, bytes),
    takeAway: () => store.setUnavailable(true),
    restore: () => store.setUnavailable(false),
    unmount: () => store.setMarked(false),
    mount: () => store.setMarked(true),
    writtenBelow: () => [],
  });
});
