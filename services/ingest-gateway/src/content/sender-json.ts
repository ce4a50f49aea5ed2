import { bareMessageId, scanMessageId, storableId } from "@inlet/providers";

/** What the gateway itself needs of a signed JSON body (PROTOCOL.md 12). The rest is the parser's. */
export interface SenderJson {
  /** The sender's own id, whole: it names the delivery. */
  readonly eventId: string | null;
  /** Epoch ms. */
  readonly receivedAt: number | null;
  /** Without angle brackets. */
  readonly messageId: string | null;
  readonly recipients: readonly string[];
}

/** Base64 that is decoded to find the Message-ID of `raw`: its header block, in whole groups of four. */
const RAW_PREFIX_CHARACTERS = 64 * 1024;

const NOTHING: SenderJson = { eventId: null, receivedAt: null, messageId: null, recipients: [] };

/** Reads the ids out of a body. Never throws: what is verified but unreadable is kept, and the parser says what is wrong with it. */
export function readSenderJson(body: Buffer): SenderJson {
  const value = parsed(body);
  if (!isObject(value)) return NOTHING;
  const envelope = isObject(value["envelope"]) ? value["envelope"] : {};
  return {
    eventId: wholeId(value["eventId"]),
    receivedAt: epochMs(value["receivedAt"]),
    messageId: messageIdOf(value),
    recipients: stringsOf(envelope["to"]),
  };
}

function messageIdOf(value: Record<string, unknown>): string | null {
  const given = storableId(value["messageId"]) ?? storableId(headerOf(value["headers"], "message-id"));
  if (given !== null) return bareMessageId(given);
  const raw = value["raw"];
  if (typeof raw !== "string") return null;
  return scanMessageId(Buffer.from(raw.slice(0, RAW_PREFIX_CHARACTERS), "base64"));
}

/** `headers` may be an object, or a list of `{name, value}`. */
function headerOf(headers: unknown, name: string): unknown {
  if (Array.isArray(headers)) {
    const found: unknown = headers.find((entry) => isObject(entry) && String(entry["name"]).toLowerCase() === name);
    return isObject(found) ? found["value"] : undefined;
  }
  if (!isObject(headers)) return undefined;
  const key = Object.keys(headers).find((candidate) => candidate.toLowerCase() === name);
  return key === undefined ? undefined : headers[key];
}

function wholeId(value: unknown): string | null {
  const text = typeof value === "number" && Number.isFinite(value) ? String(value) : value;
  return typeof text === "string" && text.trim() !== "" ? text : null;
}

function epochMs(value: unknown): number | null {
  const time = typeof value === "string" ? Date.parse(value) : value;
  return typeof time === "number" && Number.isSafeInteger(time) && time >= 0 ? time : null;
}

function stringsOf(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item) => typeof item === "string");
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
