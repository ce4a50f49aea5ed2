const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/** Java's `Utils.murmur2` (org.apache.kafka.common.utils): a signed 32-bit hash. */
export function murmur2(data: Uint8Array): number {
  const { length } = data;
  const words = length - (length % 4);
  let h = SEED ^ length;
  for (let i = 0; i < words; i += 4) {
    let k = byte(data, i) | (byte(data, i + 1) << 8) | (byte(data, i + 2) << 16) | (byte(data, i + 3) << 24);
    k = Math.imul(k, M);
    k ^= k >>> 24;
    k = Math.imul(k, M);
    h = Math.imul(h, M) ^ k;
  }
  const rest = length % 4;
  if (rest === 3) h ^= byte(data, words + 2) << 16;
  if (rest >= 2) h ^= byte(data, words + 1) << 8;
  if (rest >= 1) h = Math.imul(h ^ byte(data, words), M);
  h ^= h >>> 13;
  h = Math.imul(h, M);
  h ^= h >>> 15;
  return h | 0;
}

/** The partition of a key as Java's default partitioner picks it: `toPositive(murmur2(key)) % partitions`. */
export function getPartition(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

function byte(data: Uint8Array, index: number): number {
  return data[index] as number;
}
