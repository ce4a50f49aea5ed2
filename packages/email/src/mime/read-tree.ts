import type { EmailWarning } from "@inlet/schemas";
import { readOtherForm } from "./alternatives.ts";
import { isCalendar, readCalendar } from "./calendar-text.ts";
import { decodeFields, firstValue } from "../headers/header-fields.ts";
import { readHeaderBlock } from "../headers/header-block.ts";
import type { HeaderBlock } from "../headers/header-block.ts";
import { readPlainMessage } from "./plain-message.ts";
import { withoutTags } from "../html/html-depth.ts";
import { joinTextParts } from "./body-text.ts";
import { LimitExceeded, LIMITS } from "../limits.ts";
import { splitMessage } from "./mime-tree.ts";
import type { MimeTree } from "./mime-tree.ts";
import type { FilePart, TextPart } from "./mime-part.ts";
import { mayBeOpaque, readOpaque } from "./opaque.ts";
import { unpack } from "./unpack.ts";

/** Messages inside of signatures and digests that are opened, one inside the other. */
const DEEPEST = 4;

/**
 * Everything that a message holds as text and files: its leaves, those inside of signatures (S/MIME) and digests, files inside of text and of
 * winmail.dat. Where nothing is text, a rarer form of it or a calendar's words. Rejects with `LimitExceeded` or with mailparser's error.
 */
export async function readTree(header: HeaderBlock): Promise<MimeTree> {
  const tree = readPlainMessage(header) ?? (await openTree(header.message, 0));
  const opened = { ...tree, ...unpack(tree.texts, tree.files) };
  const warnings = [...tree.warnings, ...opened.warnings];
  if (opened.texts.some(hasWords)) return { ...opened, warnings };
  const others = [...opened.alternatives, ...opened.files].map((file) => ({ file, text: readOtherForm(file) }));
  const other = others.find(({ text }) => text !== null);
  if (other?.text != null)
    return {
      ...opened,
      texts: [...opened.texts, other.text],
      files: opened.files.filter((file) => file !== other.file),
      warnings,
    };
  return { ...opened, texts: [...opened.texts, ...calendarTexts(opened.files)], warnings };
}

/** Html of nothing but tags, as Outlook puts it beside an invitation, says nothing. */
function hasWords({ contentType, text }: TextPart): boolean {
  const words = contentType === "text/html" ? withoutTags(text).replace(/&nbsp;|&#160;|\u00A0/g, "") : text;
  return words.trim() !== "";
}

function calendarTexts(files: readonly FilePart[]): TextPart[] {
  const calendar = files.find(isCalendar);
  const text = calendar === undefined ? null : readCalendar(calendar.bytes, calendar.params["charset"] ?? null);
  if (calendar === undefined || text === null) return [];
  return [{ contentType: "text/plain", text, alternative: true, place: calendar.place }];
}

async function openTree(message: Uint8Array, depth: number): Promise<MimeTree> {
  const tree = await splitMessage(message);
  const texts: TextPart[] = [...tree.texts];
  const files: FilePart[] = [];
  const warnings = new Set<EmailWarning>(tree.warnings);
  let count = tree.files.length + tree.texts.length;
  for (const file of tree.files) {
    const inner = depth >= DEEPEST ? null : await readInside(file, depth, warnings);
    if (inner === null) {
      files.push(file);
      continue;
    }
    count += inner.texts.length + inner.files.length;
    if (count > LIMITS.parts) throw new LimitExceeded("parts");
    // A message of a digest stays a file as any attached message does.
    if (file.digest) files.push(file);
    // Where the wrapping stood; outside of an alternative each part is words of its own.
    texts.push(...inner.texts.map((text) => ({ ...text, place: file.place })));
    files.push(...inner.files.map((each) => ({ ...each, place: file.place })));
    for (const warning of inner.warnings) warnings.add(warning);
  }
  return { ...tree, texts: texts.toSorted((one, other) => one.place - other.place), files, warnings: [...warnings] };
}

async function readInside(file: FilePart, depth: number, warnings: Set<EmailWarning>): Promise<MimeTree | null> {
  if (file.digest) return await readInsideDigest(file, depth);
  if (!mayBeOpaque(file.contentType, file.filename)) return null;
  const opaque = readOpaque(file.bytes);
  if (opaque?.kind === "encrypted") warnings.add("encrypted");
  if (opaque?.kind !== "signed" || opaque.content === null) {
    if (opaque?.kind === "signed") warnings.add("signed_opaque");
    return null;
  }
  warnings.add("signature_unverified");
  return await openTree(opaque.content, depth + 1);
}

/** The words of a digest's message below who wrote it and about what; its files. */
async function readInsideDigest(file: FilePart, depth: number): Promise<MimeTree | null> {
  const header = readHeaderBlock(file.bytes);
  if (header === null) return null;
  const tree = readPlainMessage(header) ?? (await openTree(header.message, depth + 1));
  const fields = decodeFields(header.fields, tree.charset);
  const head = ["From", "Date", "Subject"].flatMap((name) => {
    const value = firstValue(fields, name);
    return value === null ? [] : [`${name}: ${value}`];
  });
  const { text, html } = joinTextParts(tree.texts);
  const title: TextPart = {
    contentType: "text/plain",
    text: `${head.join("\n")}\n`,
    alternative: false,
    place: file.place,
  };
  const words: TextPart[] =
    text !== null
      ? [{ contentType: "text/plain", text: `${text}\n`, alternative: false, place: file.place }]
      : html !== null
        ? [{ contentType: "text/html", text: html, alternative: false, place: file.place }]
        : [];
  return { ...tree, texts: [title, ...words] };
}
