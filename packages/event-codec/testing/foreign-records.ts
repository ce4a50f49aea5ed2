import { HEADER } from "@inlet/schemas";

type Headers = readonly (readonly [string, Buffer])[];

/** A record that Inlet would write: what the foreign ones are made of. */
export interface GenuineRecord {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Headers;
}

export interface ForeignRecord {
  readonly what: string;
  readonly key: Buffer | string | null;
  readonly value: Buffer;
  readonly headers: Headers;
  /** Whose row it ends as; `none`: `unknown/<topic>/<partition>/<offset>`. */
  readonly owner: "none" | "named" | "genuine";
}

const GARBAGE = Buffer.from("this is no record of Inlet");

/** Headers with some replaced, or taken away with null. */
function but(headers: Headers, changes: Readonly<Record<string, string | Buffer | null>>): Headers {
  const kept = headers.filter(([name]) => !(name in changes));
  const added = Object.entries(changes).flatMap(([name, value]) =>
    value === null ? [] : [[name, typeof value === "string" ? Buffer.from(value) : value] as const],
  );
  return [...kept, ...added];
}

/**
 * What others may put on Inlet's topics (L11): one line a kind. `genuine(n)` makes the n-th record of its own; each foreign one starts from one.
 */
export function foreignRecords(genuine: (n: number) => GenuineRecord): ForeignRecord[] {
  type Change = (own: GenuineRecord, other: GenuineRecord) => Partial<Omit<ForeignRecord, "what" | "owner">>;
  const kinds: readonly (readonly [what: string, owner: ForeignRecord["owner"], change: Change])[] = [
    ["no headers and no value", "none", () => ({ headers: [], value: Buffer.alloc(0) })],
    ["no headers and no key", "none", () => ({ headers: [], value: GARBAGE, key: null })],
    ["a genuine value without headers", "genuine", () => ({ headers: [] })],
    ["garbage under our headers", "named", () => ({ value: GARBAGE })],
    ["no value under our headers", "named", () => ({ value: Buffer.alloc(0) })],
    ["a value cut short", "named", ({ value }) => ({ value: value.subarray(0, value.length - 3) })],
    [
      "a lane without topics",
      "named",
      ({ headers }) => ({ headers: but(headers, { [HEADER.lane]: "nowhere" }), value: GARBAGE }),
    ],
    [
      "a lane that is no name",
      "named",
      ({ headers }) => ({ headers: but(headers, { [HEADER.lane]: "../../x y\0" }), value: GARBAGE }),
    ],
    ["an empty lane", "named", ({ headers }) => ({ headers: but(headers, { [HEADER.lane]: "" }), value: GARBAGE })],
    [
      "a genuine value with another lane's name",
      "genuine",
      ({ headers }) => ({ headers: but(headers, { [HEADER.lane]: "nowhere" }) }),
    ],
    [
      "parsed-at is no number",
      "named",
      ({ headers }) => ({ headers: but(headers, { [HEADER.parsedAt]: "yesterday" }), value: GARBAGE }),
    ],
    [
      "parsed-at beyond any clock",
      "named",
      ({ headers }) => ({ headers: but(headers, { [HEADER.parsedAt]: "9".repeat(40) }), value: GARBAGE }),
    ],
    [
      "a pass beyond an integer",
      "named",
      ({ headers }) => ({ headers: but(headers, { [HEADER.pass]: "99999999999" }), value: GARBAGE }),
    ],
    ["a negative pass", "genuine", ({ headers }) => ({ headers: but(headers, { [HEADER.pass]: "-1" }) })],
    ["no tenant", "none", ({ headers }) => ({ headers: but(headers, { [HEADER.tenant]: null }), value: GARBAGE })],
    [
      "a tenant that is no id",
      "none",
      ({ headers }) => ({ headers: but(headers, { [HEADER.tenant]: "ACME Inc.\0" }), value: GARBAGE }),
    ],
    ["no event id", "none", ({ headers }) => ({ headers: but(headers, { [HEADER.eventId]: null }), value: GARBAGE })],
    [
      "an event id longer than an index takes",
      "none",
      ({ headers }) => ({ headers: but(headers, { [HEADER.eventId]: randomText(9_000) }), value: GARBAGE }),
    ],
    [
      "an event id with NUL and control characters",
      "none",
      ({ headers }) => ({ headers: but(headers, { [HEADER.eventId]: "evt_\0\u0007" }), value: GARBAGE }),
    ],
    [
      "headers of bytes that are no text",
      "none",
      ({ headers }) => ({
        headers: headers.map(([name]) => [name, Buffer.from([0xff, 0xfe, 0x00, 0xc3])] as const),
        value: GARBAGE,
      }),
    ],
    ["another event's value", "named", (_own, other) => ({ value: other.value })],
    [
      "a schema of another record",
      "named",
      ({ headers }) => ({ headers: but(headers, { [HEADER.schema]: "Outcome/1" }), value: GARBAGE }),
    ],
    [
      "a trace that is none",
      "named",
      ({ headers }) => ({ headers: but(headers, { traceparent: "00-zz", tracestate: "=,=" }), value: GARBAGE }),
    ],
    [
      "a thousand headers",
      "named",
      ({ headers }) => ({
        headers: [...headers, ...Array.from({ length: 1000 }, (_, n) => [`x-${n}`, Buffer.from("1")] as const)],
        value: GARBAGE,
      }),
    ],
  ];
  return kinds.map(([what, owner, change], index) => {
    const own = genuine(2 * index);
    return { ...own, ...change(own, genuine(2 * index + 1)), what, owner };
  });
}

/** Printable, and of nothing that compresses. */
function randomText(length: number): string {
  let seed = 7;
  return Array.from({ length }, () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return String.fromCharCode(33 + (seed % 94));
  }).join("");
}
