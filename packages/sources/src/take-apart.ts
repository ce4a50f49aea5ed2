import { simpleParser } from "mailparser";
import type { AddressObject, Attachment } from "mailparser";

/** A mail as a provider's own parser takes it apart before it posts it; independent of Inlet's reading. */
export interface TakenApart {
  /** In order, values unfolded, encoded words kept. */
  readonly headers: readonly [name: string, value: string][];
  readonly text: string | null;
  readonly html: string | null;
  readonly from: readonly Entry[];
  readonly to: readonly Entry[];
  readonly cc: readonly Entry[];
  readonly bcc: readonly Entry[];
  readonly subject: string;
  readonly attachments: readonly TakenFile[];
  /** The header block, bytes as they came. */
  readonly headerBlock: Buffer;
}

export interface Entry {
  readonly name: string;
  readonly email: string;
}

export interface TakenFile {
  readonly filename: string;
  readonly contentType: string;
  readonly contentId: string | null;
  readonly inline: boolean;
  readonly bytes: Buffer;
}

export async function takeApart(mime: Buffer): Promise<TakenApart> {
  const mail = await simpleParser(mime, {
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipImageLinks: true,
    skipTextLinks: true,
  });
  const end = headerEnd(mime);
  return {
    headers: mail.headerLines.map(({ line: binary }) => {
      // mailparser hands lines out a byte a character; providers post UTF-8.
      const line = Buffer.from(binary, "latin1").toString("utf8");
      const colon = line.indexOf(":");
      return [
        line.slice(0, colon).trim(),
        line
          .slice(colon + 1)
          .replace(/\r?\n(?=[ \t])/g, "")
          .trim(),
      ];
    }),
    text: mail.text ?? null,
    html: mail.html === false ? null : (mail.html ?? null),
    from: toEntries(mail.from),
    to: toEntries(mail.to),
    cc: toEntries(mail.cc),
    bcc: toEntries(mail.bcc),
    subject: mail.subject ?? "",
    attachments: mail.attachments.map(toTakenFile),
    headerBlock: mime.subarray(0, end),
  };
}

function headerEnd(mime: Buffer): number {
  const crlf = mime.indexOf("\r\n\r\n");
  const lf = mime.indexOf("\n\n");
  if (crlf !== -1 && (lf === -1 || crlf < lf)) return crlf + 2;
  return lf === -1 ? mime.length : lf + 1;
}

function toEntries(found: AddressObject | AddressObject[] | undefined): Entry[] {
  return [found ?? []]
    .flat()
    .flatMap(({ value }) => value)
    .flatMap((entry) => (entry.group === undefined ? [entry] : entry.group))
    .flatMap(({ name, address }) => (address === undefined ? [] : [{ name, email: address }]));
}

function toTakenFile(file: Attachment, index: number): TakenFile {
  return {
    filename: file.filename ?? `attachment-${index + 1}`,
    contentType: file.contentType,
    contentId: file.cid ?? null,
    inline: file.contentDisposition === "inline",
    bytes: file.content,
  };
}
