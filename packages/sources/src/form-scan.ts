/** Parts of one form; no provider sends as many, and each costs memory. */
export const MOST_PARTS = 2000;
/** RFC 2046 5.1.1 wants 70 characters at most. */
const LONGEST_BOUNDARY = 200;
/** Of a part's header, as much as is looked at for its name. */
const NAME_WITHIN = 2048;
/** From this length on a boundary is searched for in skips; shorter ones, which no provider has, cost a look at each byte that may begin one. */
const QUICK_BOUNDARY = 4;
/** Bytes at either end of a large body in which fields are looked for where the boundary is short: bounds what an unknown sender can cost. */
const [HEAD, TAIL] = [2 * 1024 * 1024, 1024 * 1024];
/** Longest value that a looked-for field may have. */
const LONGEST_VALUE = 512;

/** The boundary of a multipart media type; null for none, or one that no client makes. */
export function getBoundary(contentType: string): string | null {
  const found = /;\s*boundary\s*=\s*(?:"([^"\\\r\n]+)"|([^\s;"]+))/i.exec(contentType);
  const boundary = found?.[1] ?? found?.[2] ?? "";
  return boundary === "" || boundary.length > LONGEST_BOUNDARY ? null : boundary;
}

/**
 * Where the parts of a multipart body begin: offsets behind each delimiter, in order. Null past {@link MOST_PARTS}: the search ends
 * there, and nothing has been made of the body. Prefixes of longer boundaries count as well, as they do for the parser.
 */
export function findParts(body: Buffer, boundary: string): number[] | null {
  const delimiter = Buffer.from(`\r\n--${boundary}`, "latin1");
  const starts: number[] = [];
  const first = delimiter.subarray(2);
  if (body.subarray(0, first.length).equals(first)) starts.push(first.length);
  for (let at = body.indexOf(delimiter); at !== -1; at = body.indexOf(delimiter, at + delimiter.length)) {
    // One more than parts: the last delimiter closes.
    if (starts.push(at + delimiter.length) > MOST_PARTS + 1) return null;
  }
  return starts;
}

/**
 * The last value of each wanted field, as text, found without reading the form: what a sender proves himself with is looked at before
 * his body costs anything. Undefined where a field is not there; null when the body has too many parts, or is no form.
 */
export function findFields<N extends string>(
  body: Buffer,
  contentType: string,
  wanted: readonly N[],
): Partial<Record<N, string>> | null {
  const essence = contentType.split(";", 1)[0]?.trim().toLowerCase();
  if (essence === "application/x-www-form-urlencoded") return lastPairs(body, wanted);
  const boundary = essence === "multipart/form-data" ? getBoundary(contentType) : null;
  if (boundary === null) return null;
  const delimiter = Buffer.from(`\r\n--${boundary}`, "latin1");
  const found: Partial<Record<N, string>> = {};
  for (const [from, to] of getWindows(body.length, boundary)) {
    const starts = findParts(body.subarray(from, to), boundary);
    if (starts === null) return null;
    for (const start of starts) {
      const head = body.subarray(from + start, from + start + NAME_WITHIN).toString("latin1");
      const end = head.indexOf("\r\n\r\n");
      const name = end === -1 ? undefined : NAME.exec(head.slice(0, end))?.[1];
      if (name === undefined || !isWanted(name, wanted)) continue;
      const value = body.subarray(from + start + end + 4).subarray(0, LONGEST_VALUE + delimiter.length);
      const behind = value.indexOf(delimiter);
      if (behind !== -1) found[name] = value.subarray(0, behind).toString("utf8");
    }
  }
  return found;
}

/** Short fields stand before the files of a form, behind them, or both. */
function getWindows(length: number, boundary: string): [from: number, to: number][] {
  if (boundary.length >= QUICK_BOUNDARY || length <= HEAD + TAIL) return [[0, length]];
  return [
    [0, HEAD],
    [length - TAIL, length],
  ];
}

const NAME = /^content-disposition\s*:\s*form-data\s*;(?:[^\r\n]*?;)?\s*name\s*=\s*"?([\w-]{1,64})"?\s*(?:;|\r\n|$)/im;

function lastPairs<N extends string>(body: Buffer, wanted: readonly N[]): Partial<Record<N, string>> | null {
  const found: Partial<Record<N, string>> = {};
  const starts = findPairs(body);
  if (starts === null) return null;
  for (const [index, start] of starts.entries()) {
    const next = starts[index + 1];
    const end = next === undefined ? body.length : next - 1;
    const name = wanted.find(
      (each) => body.toString("latin1", start, Math.min(start + each.length + 1, end)) === `${each}=`,
    );
    if (name === undefined) continue;
    const value = body.subarray(start + name.length + 1, end);
    if (value.length <= LONGEST_VALUE) {
      found[name] = new URLSearchParams(`v=${value.toString("latin1")}`).get("v") ?? "";
    }
  }
  return found;
}

/** Where the pairs of a urlencoded body begin; null past {@link MOST_PARTS}: the search ends there. */
export function findPairs(body: Buffer): number[] | null {
  const starts = [0];
  for (let at = body.indexOf(0x26); at !== -1; at = body.indexOf(0x26, at + 1))
    if (starts.push(at + 1) > MOST_PARTS) return null;
  return starts;
}

function isWanted<N extends string>(name: string, wanted: readonly N[]): name is N {
  return (wanted as readonly string[]).includes(name);
}
