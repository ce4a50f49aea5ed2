import { mimeContent } from "@inlet/domain";
import { parseBoundedJson } from "../bounded-json.ts";
import { contentKey } from "../delivery-key.ts";

/** What the gateway itself needs of a signed JSON body (docs/concepts/protocol.md, section 12). The rest is the parser's. */
export interface SenderJson {
  /** The sender's own id, whole: it names the delivery. */
  readonly eventId: string | null;
  /** Epoch ms. */
  readonly receivedAt: number | null;
  /** What names the email where the sender gives no id: a digest of what it says. */
  readonly content: () => string;
  readonly recipients: readonly string[];
}

/** Reads the ids out of a body. Never throws: what is verified but unreadable is kept, and the parser says what is wrong with it. */
export function readSenderJson(body: Buffer): SenderJson {
  // Within limits: a tenant that may send must not end the process that the others send to.
  const value = parseBoundedJson(body);
  if (!isObject(value))
    return { eventId: null, receivedAt: null, content: () => getContentKey(null, body), recipients: [] };
  const envelope = isObject(value["envelope"]) ? value["envelope"] : {};
  return {
    eventId: wholeId(value["eventId"]),
    receivedAt: epochMs(value["receivedAt"]),
    content: () => getContentKey(value, body),
    recipients: toStrings(envelope["to"]),
  };
}

/** `raw` counts by itself where it is given (docs/concepts/protocol.md, section 12), and without the fields of its way; else the body as it came. */
function getContentKey(value: Record<string, unknown> | null, body: Buffer): string {
  const raw = value?.["raw"];
  return typeof raw === "string" ? mimeContent(Buffer.from(raw, "base64")) : contentKey([body]);
}

function wholeId(value: unknown): string | null {
  const text = typeof value === "number" && Number.isFinite(value) ? String(value) : value;
  return typeof text === "string" && text.trim() !== "" ? text : null;
}

function epochMs(value: unknown): number | null {
  const time = typeof value === "string" ? Date.parse(value) : value;
  return typeof time === "number" && Number.isSafeInteger(time) && time >= 0 ? time : null;
}

function toStrings(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item) => typeof item === "string");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
