import { createHash } from "node:crypto";
import type { EncodedRequest } from "./kind.ts";

export interface FieldToWrite {
  readonly name: string;
  readonly value: string | Buffer;
  /** Of a file. */
  readonly filename?: string;
  readonly contentType?: string;
}

/** A multipart/form-data body (RFC 7578) as providers write it: fields without a charset, so that their bytes are their own. */
export function writeForm(fields: readonly FieldToWrite[]): EncodedRequest {
  const parts = fields.map(({ value }) => (typeof value === "string" ? Buffer.from(value, "utf8") : value));
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  const boundary = `xYzZY-${hash.digest("hex").slice(0, 32)}`;
  const chunks = fields.flatMap(({ name, filename, contentType }, index) => {
    const file =
      filename === undefined ? "" : `; filename="${filename.replace(/["\r\n]/g, (char) => encodeURIComponent(char))}"`;
    const type = contentType === undefined ? "" : `Content-Type: ${contentType}\r\n`;
    return [
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n${type}\r\n`, "utf8"),
      parts[index] ?? Buffer.alloc(0),
      Buffer.from("\r\n"),
    ];
  });
  return {
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

/** The header of HTTP basic authentication (RFC 7617). */
export function basicAuthorization(userAndPassword: string): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(userAndPassword, "utf8").toString("base64")}` };
}
