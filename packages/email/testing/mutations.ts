/** Pieces that parsers stumble over. */
const BLOCKS = [
  "\r\n",
  "\n\n",
  "\r",
  "\0",
  "--",
  "=?utf-8?B?",
  "=?iso-2022-jp?Q?=1B$B",
  "=?utf-7?Q?+",
  "?=",
  "=",
  "boundary=",
  "<",
  ">",
  '"',
  "(",
  ";",
  ":",
  "\u001B$B",
  "@",
  "<b>",
  "begin 644 a\n",
  "filename*0*=",
  "Content-Type: multipart/mixed; boundary=x\r\n",
  "Content-Type: application/ms-tnef\r\n",
  "Content-Type: text/plain; charset=utf-16; format=flowed; delsp=yes\r\n",
  "Content-Transfer-Encoding: base64\r\n",
  "Content-Transfer-Encoding: quoted-printable\r\n",
  " ".repeat(300),
  ">".repeat(300),
  "On \nwrote:\n",
];

/** Deterministic (mulberry32), so that a failure can be had again by its number. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A mail changed in a few places: bytes, or lines of it (taken out, doubled, moved, or from another mail). */
export function mutate(seed: Buffer, other: Buffer, next: () => number): Buffer {
  let bytes: Buffer = Buffer.from(seed);
  for (let left = 1 + Math.floor(next() * 6); left > 0; left--) {
    bytes = next() < 0.3 ? mutateLines(bytes, other, next) : mutateBytes(bytes, next);
  }
  return bytes;
}

function mutateBytes(bytes: Buffer, next: () => number): Buffer {
  const at = Math.floor(next() * (bytes.length + 1));
  const length = Math.floor(next() * 40);
  const kind = Math.floor(next() * 5);
  const tail = bytes.subarray(kind === 0 || kind === 4 ? Math.min(bytes.length, at + length) : at);
  const insert =
    kind === 1
      ? Buffer.from(BLOCKS[Math.floor(next() * BLOCKS.length)] ?? "")
      : kind === 2
        ? Buffer.from([Math.floor(next() * 256)])
        : kind === 3
          ? bytes.subarray(Math.max(0, at - length), at)
          : Buffer.alloc(kind === 4 ? length : 0, Math.floor(next() * 256));
  return Buffer.concat([bytes.subarray(0, at), insert, tail]);
}

function mutateLines(bytes: Buffer, other: Buffer, next: () => number): Buffer {
  const lines = bytes.toString("latin1").split("\n");
  const line = Math.floor(next() * lines.length);
  const kind = Math.floor(next() * 4);
  if (kind === 0) lines.splice(line, 1);
  else if (kind === 1) lines.splice(line, 0, lines[line] ?? "");
  else if (kind === 2) lines.splice(Math.floor(next() * lines.length), 0, ...lines.splice(line, 1));
  else {
    const from = other.toString("latin1").split("\n");
    const start = Math.floor(next() * from.length);
    lines.splice(line, 1, ...from.slice(start, start + 1 + Math.floor(next() * 8)));
  }
  return Buffer.from(lines.join("\n"), "latin1");
}
