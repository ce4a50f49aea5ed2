const LF = 0x0a;
/** Ends of a header as they may stand in the bytes: an empty line behind a line end. */
const [CRLF_LINE, LF_LINE] = [Buffer.from("\n\r\n"), Buffer.from("\n\n")];

/** Bytes of a message's header. Mail servers hold it to some hundred kilobytes; each of its fields costs work of its own. */
export const MOST_HEADER_BYTES = 1024 * 1024;

/** Watches a message on its way for a header that does not end. */
export class HeaderBound {
  readonly #most: number;
  #bytes = 0;
  #ended = false;
  /** What the last piece ended with, since an end may lie across two. An empty line may be the first. */
  #tail = Buffer.from([LF]);

  constructor(most: number = MOST_HEADER_BYTES) {
    this.#most = most;
  }

  /** False once the header is longer than it may be: the rest is not to be read. */
  add(piece: Buffer): boolean {
    if (this.#ended) return true;
    const room = this.#most - this.#bytes;
    const seen = Buffer.concat([this.#tail, piece.subarray(0, room)]);
    this.#ended = seen.includes(CRLF_LINE) || seen.includes(LF_LINE);
    this.#bytes += piece.length;
    this.#tail = seen.subarray(-2);
    return this.#ended || piece.length <= room;
  }
}
