import iconv from "iconv-lite";

const ESC = 0x1b;
const SHIFT_OUT = 0x0e;
const SHIFT_IN = 0x0f;
const LF = 0x0a;
const TILDE = 0x7e;

/** What a byte below 0x80 stands for: iconv-lite's table, bytes of a character, and the byte that EUC puts in front. */
interface CharacterSet {
  readonly table: string;
  readonly width: 1 | 2;
  readonly prefix?: number;
}

const ASCII: CharacterSet = { table: "windows1252", width: 1 };
const JIS_X_0208: CharacterSet = { table: "eucjp", width: 2 };
const JIS_X_0212: CharacterSet = { table: "eucjp", width: 2, prefix: 0x8f };
const KATAKANA: CharacterSet = { table: "eucjp", width: 1, prefix: 0x8e };
const GB_2312: CharacterSet = { table: "gb18030", width: 2 };
const KS_C_5601: CharacterSet = { table: "cp949", width: 2 };
/** Designations without the escape itself: RFC 1468, 1554 (Japanese), 1557 (Korean), 1922 (Chinese). */
const G0: ReadonlyMap<string, CharacterSet> = new Map([
  ["(B", ASCII],
  ["(J", ASCII],
  ["(H", ASCII],
  ["(I", KATAKANA],
  ["$@", JIS_X_0208],
  ["$B", JIS_X_0208],
  ["$(@", JIS_X_0208],
  ["$(B", JIS_X_0208],
  ["$(D", JIS_X_0212],
  ["$A", GB_2312],
  ["$(A", GB_2312],
  ["$(C", KS_C_5601],
]);
const G1: ReadonlyMap<string, CharacterSet> = new Map([
  ["$)A", GB_2312],
  ["$)C", KS_C_5601],
  [")I", KATAKANA],
]);

/** Whether an escape designates a character set: RFC 1468 and its relatives. A lone ESC is a colour or noise. */
export function hasDesignation(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(ESC); at !== -1; at = bytes.indexOf(ESC, at + 1)) {
    if (designationAt(bytes, at) !== null) return true;
  }
  return false;
}

/**
 * Decodes ISO-2022-JP (with JIS X 0212, half-width katakana and the Chinese and Korean sets of ISO-2022-JP-2),
 * ISO-2022-KR and ISO-2022-CN. What no table has (CNS 11643) becomes U+FFFD. A line starts in ASCII, whatever the one
 * before forgot to close.
 */
export function decodeIso2022(bytes: Uint8Array): string {
  let text = "";
  let run: number[] = [];
  let g0 = ASCII;
  let g1 = bytes.indexOf(SHIFT_OUT) !== -1 ? KS_C_5601 : KATAKANA;
  let set = ASCII;
  const flush = (): void => {
    if (run.length > 0) text += decodeRun(run, set);
    run = [];
  };
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    const designation = byte === ESC ? designationAt(bytes, at) : null;
    if (designation !== null || byte === SHIFT_OUT || byte === SHIFT_IN || byte === LF) {
      flush();
      if (designation !== null) {
        at += designation.length;
        g0 = G0.get(designation) ?? g0;
        g1 = G1.get(designation) ?? g1;
        set = G0.has(designation) ? g0 : set;
      } else if (byte === SHIFT_OUT) set = g1;
      else if (byte === SHIFT_IN) set = g0;
      else {
        text += "\n";
        set = g0 = ASCII;
      }
    } else run.push(byte);
  }
  flush();
  return text;
}

/** Decodes HZ (RFC 1843): GB 2312 in seven bits between `~{` and `~}`. */
export function decodeHz(bytes: Uint8Array): string {
  let text = "";
  let run: number[] = [];
  let set = ASCII;
  const to = (next: CharacterSet): void => {
    if (run.length > 0) text += decodeRun(run, set);
    run = [];
    set = next;
  };
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    const next = byte === TILDE ? String.fromCharCode(bytes[at + 1] ?? 0) : "";
    if (next === "{" || next === "}") {
      to(next === "{" ? GB_2312 : ASCII);
      at += 1;
    } else if (set === ASCII && (next === "~" || next === "\n")) {
      if (next === "~") run.push(TILDE);
      at += 1;
    } else if (byte === LF) {
      to(ASCII);
      run.push(byte);
    } else run.push(byte);
  }
  to(ASCII);
  return text;
}

function designationAt(bytes: Uint8Array, at: number): string | null {
  const three = String.fromCharCode(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0);
  if (G0.has(three) || G1.has(three) || /^\$[*+)][A-Z]$/.test(three)) return three;
  const two = three.slice(0, 2);
  return G0.has(two) || G1.has(two) ? two : null;
}

function decodeRun(run: readonly number[], { table, width, prefix }: CharacterSet): string {
  if (table === ASCII.table) return iconv.decode(Buffer.from(run), table);
  const euc: number[] = [];
  for (let at = 0; at < run.length; at += 1) {
    const byte = run[at] as number;
    // Blanks and controls stand for themselves in every set.
    if (byte <= 0x20) euc.push(byte);
    else if (width === 1) euc.push(prefix ?? 0x80, byte | 0x80);
    else {
      if (prefix !== undefined) euc.push(prefix);
      euc.push(byte | 0x80, (run[at + 1] ?? 0) | 0x80);
      at += 1;
    }
  }
  return iconv.decode(Buffer.from(euc), table);
}
