import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { BlobRef } from "@inlet/schemas";
import { BlobMissingError, BlobStoreUnavailableError } from "../src/port.ts";
import type { BlobStore } from "../src/port.ts";

/** A store under test, with the two faults that every implementation must show alike. */
export interface StoreUnderTest {
  readonly store: BlobStore;
  /** Replaces stored content behind the store's back; null removes it. */
  readonly tamper: (ref: BlobRef, bytes: Buffer | null) => Promise<void> | void;
  /** Takes the store away until `restore`. */
  readonly takeAway: () => Promise<void> | void;
  readonly restore: () => Promise<void> | void;
  /** Leaves an empty place where everything may be written, as a mount point without its volume, until `mount`. */
  readonly unmount: () => Promise<void> | void;
  readonly mount: () => Promise<void> | void;
  /** Names of what lies in the empty place. */
  readonly writtenBelow: () => Promise<string[]> | string[];
}

const DAY = Date.parse("2026-11-23T23:59:59.999Z");

/** What every blob store must do (docs/concepts/protocol.md, section 9). */
export function blobStoreConformance(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`blob store: ${name}`, () => {
    it("gives back what was put, under tenant, day in UTC and hash", async () => {
      const { store } = await open();
      const bytes = randomBytes(100_000);
      const ref = await store.put("demo", DAY, bytes);
      expect(ref.key).toBe(`demo/2026-11-23/${ref.sha256}`);
      expect(ref.size).toBe(100_000);
      expect((await store.get(ref)).equals(bytes)).toBe(true);
    });

    it("keeps an empty body", async () => {
      const { store } = await open();
      const ref = await store.put("demo", DAY, new Uint8Array());
      expect(ref.sha256).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
      expect(await store.get(ref)).toHaveLength(0);
    });

    it("gives the same reference for the same bytes, one after another and at once", async () => {
      const { store } = await open();
      const bytes = Buffer.from("the same attachment");
      const refs = await Promise.all(Array.from({ length: 8 }, () => store.put("demo", DAY, bytes)));
      refs.push(await store.put("demo", DAY, bytes));
      expect(new Set(refs.map((ref) => JSON.stringify(ref)))).toHaveProperty("size", 1);
      expect((await store.get(refs[0] as BlobRef)).toString()).toBe("the same attachment");
    });

    it("shares nothing between tenants and between days", async () => {
      const { store, tamper } = await open();
      const bytes = Buffer.from("the same attachment");
      const kept = await store.put("demo", DAY, bytes);
      const otherTenant = await store.put("acme", DAY, bytes);
      const otherDay = await store.put("demo", DAY + 1, bytes);
      expect(new Set([kept.key, otherTenant.key, otherDay.key]).size).toBe(3);
      await tamper(otherTenant, null);
      await tamper(otherDay, null);
      expect((await store.get(kept)).equals(bytes)).toBe(true);
    });

    it("gives parts, the first, the last and the whole, and refuses what is no part", async () => {
      const { store, tamper } = await open();
      const ref = await store.put("demo", DAY, Buffer.from("0123456789"));
      const part = async (start: number, end: number): Promise<string> =>
        (await store.getRange(ref, start, end)).toString();
      expect([await part(0, 1), await part(3, 7), await part(9, 10), await part(0, 10)]).toEqual([
        "0",
        "3456",
        "9",
        "0123456789",
      ]);
      for (const [start, end] of [
        [0, 11],
        [5, 5],
        [-1, 2],
        [0.5, 2],
        [3, 2],
      ] as const) {
        await expect(store.getRange(ref, start, end)).rejects.toThrow(RangeError);
      }
      await tamper(ref, Buffer.from("01234"));
      await expect(store.getRange(ref, 3, 7)).rejects.toThrow(BlobMissingError);
      await expect(store.getRange(ref, 6, 9)).rejects.toThrow(BlobMissingError);
      await tamper(ref, null);
      await expect(store.getRange(ref, 0, 1)).rejects.toThrow(BlobMissingError);
    });

    it("is not changed by what the caller does to the bytes later", async () => {
      const { store } = await open();
      const bytes = Buffer.from("as it was");
      const ref = await store.put("demo", DAY, bytes);
      bytes.fill(0);
      const read = await store.get(ref);
      read.fill(0);
      expect((await store.get(ref)).toString()).toBe("as it was");
    });

    it("says missing for what is gone and for content that lost its hash", async () => {
      const { store, tamper } = await open();
      const ref = await store.put("demo", DAY, Buffer.from("once"));
      await tamper(ref, Buffer.from("0nce"));
      await expect(store.get(ref)).rejects.toThrow(BlobMissingError);
      await tamper(ref, null);
      await expect(store.get(ref)).rejects.toThrow(BlobMissingError);
      await store.put("demo", DAY, Buffer.from("once"));
      expect((await store.get(ref)).toString()).toBe("once");
    });

    it("deletes what is named and nothing else, again without a fault, and takes the same bytes once more", async () => {
      const { store } = await open();
      const ref = await store.put("demo", DAY, Buffer.from("to be erased"));
      const kept = await store.put("acme", DAY, Buffer.from("to be erased"));
      await store.delete(ref);
      await store.delete(ref);
      await expect(store.get(ref)).rejects.toThrow(BlobMissingError);
      expect((await store.get(kept)).toString()).toBe("to be erased");
      await expect(store.delete({ ...ref, key: "../x" })).rejects.toThrow(BlobMissingError);
      await store.put("demo", DAY, Buffer.from("to be erased"));
      expect((await store.get(ref)).toString()).toBe("to be erased");
    });

    it("refuses tenants and keys that are path tricks", async () => {
      const { store } = await open();
      const ref = await store.put("demo", DAY, Buffer.from("x"));
      for (const tenant of ["..", "../demo", "a/b", "demo\0", "", "Demo", "d"]) {
        await expect(store.put(tenant, DAY, Buffer.from("x"))).rejects.toThrow(RangeError);
      }
      for (const key of [
        `../demo/2026-11-23/${ref.sha256}`,
        `demo/../demo/2026-11-23/${ref.sha256}`,
        "demo/2026-11-23/..",
        "/etc/passwd",
        "",
      ]) {
        await expect(store.get({ ...ref, key })).rejects.toThrow(BlobMissingError);
      }
      await expect(store.get({ ...ref, sha256: "0".repeat(64) })).rejects.toThrow(BlobMissingError);
      await expect(store.put("demo", Number.NaN, Buffer.from("x"))).rejects.toThrow(RangeError);
    });

    it("says unavailable while it is away, and works again after", async () => {
      const { store, takeAway, restore } = await open();
      const ref = await store.put("demo", DAY, Buffer.from("kept"));
      expect(await store.fault()).toBeNull();
      await takeAway();
      await expect(store.put("demo", DAY, Buffer.from("new"))).rejects.toThrow(BlobStoreUnavailableError);
      await expect(store.get(ref)).rejects.toThrow(BlobStoreUnavailableError);
      await expect(store.getRange(ref, 0, 2)).rejects.toThrow(BlobStoreUnavailableError);
      await expect(store.delete(ref)).rejects.toThrow(BlobStoreUnavailableError);
      await expect(store.assertAvailable()).rejects.toThrow(BlobStoreUnavailableError);
      expect(await store.fault()).toEqual(expect.any(String));
      await restore();
      expect((await store.get(ref)).toString()).toBe("kept");
      expect(await store.fault()).toBeNull();
    });

    it("L23: without its marker it is away, says what to do, and nothing is written, made or taken for missing", async () => {
      const { store, unmount, mount, writtenBelow } = await open();
      const ref = await store.put("demo", DAY, Buffer.from("kept"));
      await unmount();
      const calls = [
        async () => store.put("demo", DAY, Buffer.from("new")),
        async () => store.put("demo", DAY, Buffer.from("kept")),
        async () => store.get(ref),
        async () => store.getRange(ref, 0, 2),
        async () => store.delete(ref),
        async () => store.assertAvailable(),
      ];
      for (const call of calls) {
        const failure = await call().catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(BlobStoreUnavailableError);
        expect((failure as Error).message).toContain("inlet blobs init");
      }
      expect(await store.fault()).toContain("inlet blobs init");
      expect(await writtenBelow()).toEqual([]);
      await mount();
      await store.assertAvailable();
      expect(await store.fault()).toBeNull();
      expect((await store.get(ref)).toString()).toBe("kept");
      await expect(store.get(await gone(store, ref))).rejects.toThrow(BlobMissingError);
    });
  });
}

/** The reference of a blob that was never put. */
async function gone(store: BlobStore, ref: BlobRef): Promise<BlobRef> {
  const other = await store.put("other", DAY, Buffer.from("kept"));
  expect(other.sha256).toBe(ref.sha256);
  return { ...other, key: other.key.replace("other", "third") };
}
