import type { Envelope } from "@inlet/schemas";
import type { z } from "zod";
import { isAddress } from "./headers/addresses.ts";
import { assemble } from "./assemble.ts";
import type { AttachmentSource } from "./attachments/attachments.ts";
import { cleanBody } from "./charset/clean-text.ts";
import { parseDate } from "./headers/dates.ts";
import { toField } from "./headers/header-fields.ts";
import type { Field } from "./headers/header-fields.ts";
import { LimitExceeded, LIMITS } from "./limits.ts";
import { parseMime } from "./parse-mime.ts";
import type { JsonParseResult, ParseFault, ParseOptions, SenderSource } from "./port.ts";
import { signedJson } from "./signed-json.ts";
import type { SignedJson } from "./signed-json.ts";

type AddressValue = NonNullable<SignedJson["from"]>;

/**
 * Reads the body of kinds signed-json and standard-webhooks (docs/reference/signed-json.schema.json). `raw` counts where
 * it is given. Never throws; what is not such JSON is `unreadable_json` and names the field.
 */
export async function parseSignedJson(bytes: Uint8Array, options: ParseOptions = {}): Promise<JsonParseResult> {
  const json = readJson(bytes);
  if (json === undefined) return failed("unreadable_json", "body: is not JSON in UTF-8; send one JSON object");
  const parsed = signedJson.safeParse(json);
  if (!parsed.success) return failed("unreadable_json", describeProblem(parsed.error));
  const { data } = parsed;
  const source: SenderSource = { eventId: data.eventId ?? null, receivedAt: parseTime(data.receivedAt) };
  const envelope = readEnvelope(data);
  if (data.raw != null) {
    const result = await parseMime(Buffer.from(data.raw, "base64"), options);
    if (!result.ok) return failed(result.fault.code, `raw: ${result.fault.message}`);
    return { ok: true, source, email: { ...result.email, envelope } };
  }
  try {
    return { ok: true, source, email: await buildEmail(data, envelope, options) };
  } catch (error) {
    if (error instanceof LimitExceeded) return failed("limit_exceeded", error.message);
    return failed("unreadable_json", "body: its fields do not make an email; compare it with the published schema");
  }
}

async function buildEmail(
  data: SignedJson,
  envelope: Envelope | null,
  options: ParseOptions,
): ReturnType<typeof assemble> {
  const attachments = data.attachments ?? [];
  if (attachments.length > LIMITS.parts) throw new LimitExceeded("parts");
  const fields = [...propertyFields(data), ...headerFields(data)];
  if (fields.length > LIMITS.headerFields) throw new LimitExceeded("headerFields");
  const files = attachments.map((file): AttachmentSource => ({
    filename: file.filename ?? null,
    contentType: file.contentType ?? null,
    contentId: file.contentId ?? null,
    contentDisposition: file.contentDisposition ?? null,
    bytes: file.content == null ? null : Buffer.from(file.content, "base64"),
    downloadUrl: file.content == null ? (file.downloadUrl ?? null) : null,
    size: file.size ?? 0,
  }));
  const body = (text: string | null | undefined): string | null =>
    text == null || text.trim() === "" ? null : cleanBody(text);
  return await assemble(
    { fields, bodies: { text: body(data.text), html: body(data.html) }, files, envelope, warnings: [] },
    options,
  );
}

/** Header fields that the properties stand for. A property beats the same field of `headers`. */
function propertyFields(data: SignedJson): Field[] {
  const id = (value: string): string => (value.includes("<") ? value : `<${value.trim()}>`);
  const given: [string, string | null][] = [
    ["From", addressText(data.from)],
    ["Sender", addressText(data.sender)],
    ["Reply-To", addressText(data.replyTo)],
    ["To", addressText(data.to)],
    ["Cc", addressText(data.cc)],
    ["Bcc", addressText(data.bcc)],
    ["Subject", data.subject ?? null],
    ["Date", typeof data.date === "number" ? new Date(boundedTime(data.date)).toUTCString() : (data.date ?? null)],
    ["Message-ID", data.messageId == null ? null : id(data.messageId)],
    ["In-Reply-To", data.inReplyTo == null ? null : [data.inReplyTo].flat().map(id).join(" ")],
    [
      "References",
      data.references == null
        ? null
        : Array.isArray(data.references)
          ? data.references.map(id).join(" ")
          : data.references,
    ],
  ];
  return given.flatMap(([name, value]) => (value === null || value.trim() === "" ? [] : [toField(name, value)]));
}

function headerFields(data: SignedJson): Field[] {
  const named = new Set(propertyFields(data).map((field) => field.name.toLowerCase()));
  const headers = data.headers ?? [];
  const list = Array.isArray(headers)
    ? headers.map(({ name, value }) => [name, value] as const)
    : Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => [name, one] as const));
  return list.filter(([name]) => !named.has(name.toLowerCase())).map(([name, value]) => toField(name, value));
}

/** As a header value, since that is what the address parser reads; names are quoted. */
function addressText(value: AddressValue | null | undefined): string | null {
  if (value == null) return null;
  return [value]
    .flat()
    .map((one) => {
      if (typeof one === "string") return one;
      const name = one.name?.trim() ?? "";
      return name === "" ? `<${one.email}>` : `"${name.replace(/[\\"]/g, "\\$&")}" <${one.email}>`;
    })
    .join(", ");
}

function readEnvelope(data: SignedJson): Envelope | null {
  if (data.envelope == null) return null;
  const bare = (text: string): string => text.trim().replace(/^<|>$/g, "");
  const from = bare(data.envelope.from ?? "");
  const to = [data.envelope.to ?? []].flat().map(bare).filter(isAddress);
  return { from: isAddress(from) ? from : null, to };
}

function parseTime(value: string | number | null | undefined): number | null {
  if (value == null) return null;
  return typeof value === "number" ? boundedTime(value) : parseDate(value);
}

function boundedTime(value: number): number {
  return Math.min(Math.max(Math.trunc(value), 0), 253_402_300_799_999);
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

/** The first fault by field, without its value. */
function describeProblem(error: z.ZodError): string {
  const issue = deepest(error.issues[0]);
  const path = issue.path.map(String).join(".");
  return `${path === "" ? "body" : path}: ${issue.message}; compare it with signed-json.schema.json`;
}

interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Of a union the fault that lies deepest tells most. */
function deepest(issue: z.core.$ZodIssue | undefined): Problem {
  if (issue === undefined) return { path: [], message: "does not match the schema" };
  if (issue.code !== "invalid_union") return { path: issue.path, message: issue.message };
  const inner = issue.errors
    .flatMap((branch) => branch.map(deepest))
    .map((found) => ({ ...found, path: [...issue.path, ...found.path] }));
  const most = inner.toSorted((a, b) => b.path.length - a.path.length)[0];
  return most !== undefined && most.path.length > issue.path.length
    ? most
    : { path: issue.path, message: "has the wrong type" };
}

function failed(code: ParseFault["code"], message: string): JsonParseResult {
  return { ok: false, fault: { code, message } };
}
