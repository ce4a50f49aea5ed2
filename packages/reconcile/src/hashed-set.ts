import { createHash } from "node:crypto";

/** 48 bits of a digest: of a million keys two are alike once in 500 million runs. */
export function hashKey(key: string): number {
  return createHash("sha256").update(key).digest().readUIntBE(0, 6);
}

/** Hashes of keys, 8 bytes each; asked once all are in. */
export class HashedSet {
  #values = new Float64Array(1_024);
  #size = 0;
  #sorted = true;

  add(hash: number): void {
    if (this.#size === this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#size] = hash;
    this.#size += 1;
    this.#sorted = false;
  }

  has(hash: number): boolean {
    if (!this.#sorted) {
      this.#values.subarray(0, this.#size).sort();
      this.#sorted = true;
    }
    let start = 0;
    let end = this.#size;
    while (start < end) {
      const middle = (start + end) >>> 1;
      if ((this.#values[middle] as number) < hash) start = middle + 1;
      else end = middle;
    }
    return start < this.#size && this.#values[start] === hash;
  }
}
