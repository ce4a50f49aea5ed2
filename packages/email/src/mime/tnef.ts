import { decodeBytes } from "../charset/charset.ts";
import { LIMITS } from "../limits.ts";
import { readCompressedRtf } from "./rtf.ts";
import { readProperties } from "./tnef-properties.ts";
import type { Properties } from "./tnef-properties.ts";

export interface TnefFile {
  readonly filename: string | null;
  readonly contentType: string | null;
  readonly contentId: string | null;
  readonly bytes: Buffer;
}

export interface TnefContent {
  readonly text: string | null;
  readonly html: string | null;
  readonly files: readonly TnefFile[];
}

const SIGNATURE = 0x223e9f78;
const ATTACHMENT_LEVEL = 2;
/** Attribute ids, MS-OXTNEF 2.1.3.2. */
const OEM_CODEPAGE = 0x00069007;
const BODY = 0x0002800c;
const MESSAGE_PROPERTIES = 0x00069003;
const RENDERING = 0x00069002;
const TITLE = 0x00018010;
const DATA = 0x0006800f;
const ATTACHMENT_PROPERTIES = 0x00069005;
/** Property ids, MS-OXPROPS 2. */
const PROPERTY = {
  body: 0x1000,
  html: 0x1013,
  rtf: 0x1009,
  internetCodepage: 0x3fde,
  data: 0x3701,
  filename: 0x3704,
  longFilename: 0x3707,
  displayName: 0x3001,
  mimeTag: 0x370e,
  contentId: 0x3712,
} as const;

interface Attachment {
  title: string | null;
  data: Buffer | null;
  properties: Properties | null;
}

/** Whether bytes are a TNEF stream, whatever their name and type say. */
export function isTnef(bytes: Uint8Array): boolean {
  return bytes.length > 6 && Buffer.from(bytes.buffer, bytes.byteOffset, 4).readUInt32LE(0) === SIGNATURE;
}

/**
 * Unpacks a TNEF stream (MS-OXTNEF): what Outlook sends as winmail.dat. Body text and html, those of rich text (RTF) where there is no
 * other, and the files; an embedded Outlook item is a file of its own (TNEF again). Only RTF is decompressed, up to a bound. Null when it is no such stream or breaks off before anything was read.
 */
export function readTnef(bytes: Buffer): TnefContent | null {
  if (!isTnef(bytes)) return null;
  let codepage = "windows-1252";
  let body: Buffer | null = null;
  let message: Properties = new Map();
  const attachments: Attachment[] = [];
  let read = 0;
  for (let at = 6; at + 9 <= bytes.length;) {
    const level = bytes[at];
    const id = bytes.readUInt32LE(at + 1);
    const length = bytes.readUInt32LE(at + 5);
    const data = bytes.subarray(at + 9, at + 9 + length);
    at += 9 + length + 2;
    // Cut off: what was whole before counts.
    if (data.length < length) break;
    read += 1;
    if (level !== ATTACHMENT_LEVEL) {
      if (id === OEM_CODEPAGE && length >= 4) codepage = `cp${data.readUInt32LE(0)}`;
      else if (id === BODY) body = data;
      else if (id === MESSAGE_PROPERTIES) message = readProperties(data);
      continue;
    }
    if (id === RENDERING && attachments.length < LIMITS.parts)
      attachments.push({ title: null, data: null, properties: null });
    const attachment = attachments.at(-1);
    if (attachment === undefined) continue;
    if (id === TITLE) attachment.title = text(data, codepage);
    else if (id === DATA) attachment.data = data;
    else if (id === ATTACHMENT_PROPERTIES) attachment.properties = readProperties(data);
  }
  if (read === 0) return null;
  const html = property(message, PROPERTY.html, htmlCodepage(message) ?? codepage);
  const plain = property(message, PROPERTY.body, codepage) ?? (body === null ? null : text(body, codepage));
  const rtf = message.get(PROPERTY.rtf)?.bytes;
  const rich = (html ?? plain ?? "").trim() === "" && rtf !== undefined ? readCompressedRtf(rtf) : null;
  return {
    text: rich?.text ?? plain,
    html: rich?.html ?? html,
    files: attachments.flatMap((attachment) => toFile(attachment, codepage)),
  };
}

function toFile({ title, data, properties }: Attachment, codepage: string): TnefFile[] {
  const of = (id: number): string | null => (properties === null ? null : property(properties, id, codepage));
  // An embedded item or OLE object: its interface's id stands before it.
  const object = properties?.get(PROPERTY.data)?.bytes.subarray(16) ?? null;
  const bytes = data ?? object;
  if (bytes === null) return [];
  const embedded = data === null && isTnef(bytes);
  const name = of(PROPERTY.longFilename) ?? title ?? of(PROPERTY.filename) ?? of(PROPERTY.displayName);
  return [
    {
      filename: name,
      contentType: of(PROPERTY.mimeTag) ?? (embedded ? "application/ms-tnef" : null),
      contentId: of(PROPERTY.contentId),
      bytes,
    },
  ];
}

function htmlCodepage(message: Properties): string | null {
  const found = message.get(PROPERTY.internetCodepage)?.bytes;
  return found === undefined || found.length < 4 ? null : `cp${found.readUInt32LE(0)}`;
}

function property(properties: Properties, id: number, codepage: string): string | null {
  const found = properties.get(id);
  if (found === undefined) return null;
  return (found.unicode ? text(found.bytes, "utf-16le") : text(found.bytes, codepage)) || null;
}

function text(bytes: Buffer, charset: string): string {
  return decodeBytes(bytes, charset).text.replace(/(?<!\0)\0+$/, "");
}
