import type { IdLookup } from "./find-by-id.ts";
import { readCrmAddress } from "./read-crm-address.ts";

/** What a text in the search box looks like, and what is asked for it. */
export interface SearchInput {
  /** In words, for the page. */
  readonly looksLike: string;
  readonly ids: readonly IdLookup[];
  /** Looked for where no id is found: by keyed hashes. Null: it cannot be that. */
  readonly words: { readonly kind: "address" | "subject"; readonly text: string } | null;
}

/** An id is no longer than this in any column; what is longer is asked of none. */
const LONGEST_ID = 255;
const PLACE = /^([\w.-]{1,249})(?:[/:]|,\s{0,3}partition\s)(\d{1,9})(?:[/:@]|,\s{0,3}offset\s)(\d{1,15})$/;
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/i;
const NAMED_ADDRESS = /^[^<>]{1,200}\s<([^<>\s]{1,320})>$/;

const OURS = [
  [/^evt_\w{1,64}$/, "event", "our event id"],
  [/^eml_\w{1,64}$/, "email", "our email key"],
  [/^cnv_\w{1,64}$/, "conversation", "our conversation id"],
] as const;

/** Tells from its shape what a text can be; the first shape that fits counts. Pure, and never throws. */
export function recognizeSearch(given: string): SearchInput {
  const text = given.replaceAll("\0", "").toWellFormed().trim();
  return (
    recognizeOurs(text) ??
    recognizePlace(text) ??
    recognizeTrace(text) ??
    recognizeAddressOfPage(text) ??
    recognizeMail(text) ??
    recognizeRest(text)
  );
}

function recognizeOurs(text: string): SearchInput | null {
  const shape = OURS.find(([pattern]) => pattern.test(text));
  return shape === undefined ? null : { looksLike: shape[2], ids: [{ by: shape[1], id: text }], words: null };
}

function recognizePlace(text: string): SearchInput | null {
  const [, topic, partition, offset] = PLACE.exec(text) ?? [];
  if (topic === undefined || partition === undefined || offset === undefined || Number(partition) > 2 ** 31 - 1)
    return null;
  const place = { by: "place" as const, topic, partition: Number(partition), offset: Number(offset) };
  // A sender's id may look so, too.
  return { looksLike: "a place in Kafka", ids: [place, ...sendersIds(text)], words: null };
}

function recognizeTrace(text: string): SearchInput | null {
  const id = (TRACEPARENT.exec(text)?.[1] ?? (/^[0-9a-f]{32}$/i.test(text) ? text : null))?.toLowerCase();
  if (id === undefined) return null;
  return {
    looksLike: "a trace id, or an id of a sender or of a CRM record",
    ids: [{ by: "trace", id }, ...sendersIds(text), { by: "record", id: text }],
    words: null,
  };
}

/** Addresses of pages: of a CRM's record, of a trace, of an email in the console. */
function recognizeAddressOfPage(text: string): SearchInput | null {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  const event = /\/(evt_\w{1,64})(?:\/|$)/.exec(url.pathname)?.[1];
  if (event !== undefined)
    return { looksLike: "a link to an email of Inlet", ids: [{ by: "event", id: event }], words: null };
  const trace = /\/trace\/([0-9a-f]{32})(?:\/|$)/i.exec(url.pathname)?.[1]?.toLowerCase();
  if (trace !== undefined) return { looksLike: "a link to a trace", ids: [{ by: "trace", id: trace }], words: null };
  const records = readCrmAddress(url);
  const ids = records.map((id) => ({ by: "record" as const, id }));
  const looksLike = records.length === 0 ? "an address of no CRM that Inlet knows" : `the CRM record ${records[0]}`;
  return { looksLike, ids: [...ids, ...sendersIds(text)], words: null };
}

function recognizeMail(text: string): SearchInput | null {
  const bracketed = /^<([^<>]{1,998})>$/.exec(text)?.[1];
  if (bracketed !== undefined) {
    const address = /^[^\s@]{1,64}@[^\s@]{1,255}$/.test(bracketed);
    return {
      looksLike: "a Message-ID",
      ids: [{ by: "message", id: bracketed }],
      words: address ? { kind: "address", text: bracketed } : null,
    };
  }
  const address = NAMED_ADDRESS.exec(text)?.[1] ?? text;
  if (!/^[^\s@]{1,998}@[^\s@]{1,255}$/.test(address)) return null;
  return {
    looksLike: "a Message-ID or an address",
    ids: address === text ? sendersIds(text) : [],
    words: { kind: "address", text: address },
  };
}

function recognizeRest(text: string): SearchInput {
  const words = text === "" ? null : { kind: "subject" as const, text };
  if (/\s/.test(text)) return { looksLike: "words of a subject", ids: sendersIds(text), words };
  const record = text.length <= LONGEST_ID && text !== "" ? [{ by: "record" as const, id: text }] : [];
  return {
    looksLike: "an id of a sender or of a CRM record, or a word of a subject",
    ids: [...sendersIds(text), ...record],
    words,
  };
}

/** Senders choose their ids: they may look like anything. A Message-ID is one of them. */
function sendersIds(text: string): IdLookup[] {
  if (text === "") return [];
  if (text.length > LONGEST_ID) return text.length > 998 ? [] : [{ by: "message", id: text }];
  return (["sourceEvent", "sourceDelivery", "message"] as const).map((by) => ({ by, id: text }));
}
