/** From this length on a piece is kept as it came: at most half of the socket's buffer that it lies in is wasted. */
const KEPT_AS_IT_CAME = 32 * 1024;
const [SMALLEST_BLOCK, LARGEST_BLOCK] = [4 * 1024, 256 * 1024];
/** Pieces of one body, and bytes for each further one. Networks make pieces of 500 bytes and more, a client that sends line by line of 80. */
const [MOST_PIECES, BYTES_A_PIECE] = [16_384, 256];

/**
 * A body on its way, whatever pieces it comes in. An HTTP chunk or a line of mail that begins with a dot may be a single byte, and kept as
 * an object of its own it takes a hundred: small pieces are copied together.
 */
export class BodyPieces {
  readonly #whole: Buffer[] = [];
  #block = Buffer.alloc(0);
  #used = 0;
  #pieces = 0;
  #bytes = 0;

  /** False when it comes in more pieces than any client makes: each costs work, so the rest is not to be read. */
  add(piece: Buffer): boolean {
    this.#pieces += 1;
    this.#bytes += piece.length;
    if (this.#used === this.#block.length && piece.length >= KEPT_AS_IT_CAME) {
      this.#closeBlock();
      this.#whole.push(piece);
    } else this.#copy(piece);
    return this.#pieces <= MOST_PIECES + this.#bytes / BYTES_A_PIECE;
  }

  /** Drops what it holds. */
  clear(): void {
    this.#whole.length = 0;
    [this.#block, this.#used] = [Buffer.alloc(0), 0];
  }

  /** Everything in order, as one buffer of its own. */
  join(): Buffer {
    this.#closeBlock();
    return Buffer.concat(this.#whole);
  }

  #copy(piece: Buffer): void {
    for (let at = 0; at < piece.length;) {
      if (this.#used === this.#block.length) {
        this.#closeBlock();
        // Never more in reserve than there is already.
        const size = Math.min(LARGEST_BLOCK, Math.max(SMALLEST_BLOCK, this.#bytes));
        this.#block = Buffer.allocUnsafeSlow(size);
      }
      const copied = piece.copy(this.#block, this.#used, at);
      this.#used += copied;
      at += copied;
    }
  }

  #closeBlock(): void {
    if (this.#used > 0) this.#whole.push(this.#block.subarray(0, this.#used));
    [this.#block, this.#used] = [Buffer.alloc(0), 0];
  }
}
