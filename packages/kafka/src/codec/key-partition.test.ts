import { describe, expect, it } from "vitest";
import { murmur2, getPartition } from "./key-partition.ts";

describe("murmur2", () => {
  // org.apache.kafka.common.utils.UtilsTest#testMurmur2
  it.each([
    ["21", -973932308],
    ["foobar", -790332482],
    ["a-little-bit-long-string", -985981536],
    ["a-little-bit-longer-string", -1486304829],
    ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
  ])("hashes %s as Java does", (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash);
  });

  it("hashes three bytes as Java does", () => {
    expect(murmur2(Buffer.from("abc"))).toBe(479470107);
  });
});

describe("getPartition", () => {
  it("stays inside the partitions for negative hashes", () => {
    expect(getPartition(Buffer.from("21"), 12)).toBe((-973932308 & 0x7fffffff) % 12);
    for (let i = 0; i < 1000; i += 1) {
      const partition = getPartition(Buffer.from(`tenant/evt_${i}`), 12);
      expect(partition).toBeGreaterThanOrEqual(0);
      expect(partition).toBeLessThan(12);
    }
  });

  it("uses every partition", () => {
    const used = new Set(Array.from({ length: 500 }, (_, i) => getPartition(Buffer.from(`key-${i}`), 12)));
    expect(used.size).toBe(12);
  });
});
