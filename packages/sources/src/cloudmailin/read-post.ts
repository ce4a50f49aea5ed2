import { toList, toObject, readForm, toText } from "../form.ts";
import { parseBoundedJson } from "../bounded-json.ts";
import type { Form } from "../form.ts";

/** A post of CloudMailin, whichever of its formats it came in. */
export interface Post {
  /** Of the raw format: the mail, unaltered. */
  readonly message: Buffer | null;
  readonly headers: readonly [name: string, value: string][];
  readonly plain: string | null;
  readonly html: string | null;
  readonly envelope: {
    readonly from: string | null;
    readonly to: string | null;
    readonly recipients: readonly string[];
    readonly spf: string | null;
  };
  readonly attachments: readonly PostedFile[];
}

export interface PostedFile {
  readonly filename: string | null;
  readonly contentType: string | null;
  readonly contentId: string | null;
  readonly disposition: string | null;
  readonly size: number;
  /** Null when it lies in an attachment store. */
  readonly bytes: Buffer | null;
  readonly url: string | null;
}

/** Null when the body is neither JSON nor a complete form. */
export async function readPost(body: Uint8Array, contentType: string): Promise<Post | null> {
  const essence = contentType.split(";", 1)[0]?.trim().toLowerCase();
  if (essence === "application/json") {
    const json = toObject(parseBoundedJson(body));
    return json === undefined ? null : fromJson(json);
  }
  const form = await readForm(body, contentType);
  return form === null ? null : fromForm(form);
}

function fromJson(json: Record<string, unknown>): Post {
  const envelope = toObject(json["envelope"]) ?? {};
  return {
    message: null,
    headers: Object.entries(toObject(json["headers"]) ?? {}).flatMap(([name, value]) =>
      (Array.isArray(value) ? toList(value) : [value]).flatMap((one): [string, string][] =>
        typeof one === "string" ? [[headerName(name), one]] : [],
      ),
    ),
    plain: toText(json["plain"]),
    html: toText(json["html"]),
    envelope: {
      from: toText(envelope["from"]),
      to: toText(envelope["to"]),
      recipients: toList(envelope["recipients"]).filter((address) => typeof address === "string"),
      spf: toText(toObject(envelope["spf"])?.["result"]),
    },
    attachments: toList(json["attachments"]).map((entry) => {
      const file = toObject(entry) ?? {};
      const content = toText(file["content"]);
      return {
        filename: toText(file["file_name"]),
        contentType: toText(file["content_type"]),
        contentId: toText(file["content_id"]),
        disposition: toText(file["disposition"]),
        size: Number(file["size"]) || 0,
        bytes: content === null ? null : Buffer.from(content, "base64"),
        url: toText(file["url"]),
      };
    }),
  };
}

/** Fields are named `headers[subject]`, `headers[received][0]`, `envelope[to]`, `attachments[0]` or `attachments[0][url]`. */
function fromForm(form: Form): Post {
  const list = (base: string): string[] =>
    form.parts
      .filter(
        ({ name, filename }) =>
          filename === null && (name === base || /^\[\d+\]$/.test(name.slice(base.length))) && name.startsWith(base),
      )
      .map(({ bytes }) => bytes.toString("utf8"));
  const headers = form.parts.flatMap(({ name, bytes }): [string, string][] => {
    const field = /^headers\[([^\]]{1,200})\](?:\[\d+\])?$/.exec(name)?.[1];
    return field === undefined ? [] : [[headerName(field), bytes.toString("utf8")]];
  });
  const indexes = new Set(form.parts.flatMap(({ name }) => /^attachments\[(\d{1,4})\]/.exec(name)?.[1] ?? []));
  return {
    message: form.part("message")?.bytes ?? null,
    headers,
    plain: form.text("plain"),
    html: form.text("html"),
    envelope: {
      from: form.text("envelope[from]"),
      to: form.text("envelope[to]"),
      recipients: list("envelope[recipients]"),
      spf: form.text("envelope[spf][result]"),
    },
    attachments: [...indexes].map((index) => {
      const base = `attachments[${index}]`;
      const file = form.part(base);
      return {
        filename: form.text(`${base}[file_name]`) ?? file?.filename ?? null,
        contentType: form.text(`${base}[content_type]`) ?? file?.contentType ?? null,
        contentId: form.text(`${base}[content_id]`),
        disposition: form.text(`${base}[disposition]`),
        size: Number(form.text(`${base}[size]`)) || 0,
        bytes: file?.bytes ?? null,
        url: form.text(`${base}[url]`),
      };
    }),
  };
}

/** CloudMailin writes `message_id`, the mail wrote `Message-ID`; names compare without case. */
function headerName(name: string): string {
  return name.replaceAll("_", "-");
}
