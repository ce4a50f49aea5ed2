/** Offsets of one partition from `base` on, a bit each: a million of them take 125 KB. */
export class OffsetSet {
  #bits = new Uint8Array(1_024);
  readonly base: number;

  constructor(base: number) {
    this.base = base;
  }

  add(offset: number): void {
    const at = offset - this.base;
    if (at < 0) return;
    const byte = at >>> 3;
    if (byte >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(byte + 1, this.#bits.length * 2));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    this.#bits[byte] = (this.#bits[byte] ?? 0) | (1 << (at & 7));
  }

  has(offset: number): boolean {
    const at = offset - this.base;
    return at >= 0 && ((this.#bits[at >>> 3] ?? 0) & (1 << (at & 7))) !== 0;
  }

  /** Runs of offsets that are not in the set, from `from` up to, not including, `to`. */
  *missing(from: number, to: number): Generator<{ from: number; to: number }> {
    let start: number | null = null;
    for (let offset = from; offset < to; offset += 1) {
      if (this.has(offset)) {
        if (start !== null) yield { from: start, to: offset };
        start = null;
      } else start ??= offset;
    }
    if (start !== null) yield { from: start, to };
  }
}
