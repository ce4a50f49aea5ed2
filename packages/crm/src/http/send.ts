import { FormData } from "undici";
import type { CallOptions } from "../port.ts";
import { wellFormedJson } from "../calls/well-formed-json.ts";
import type { HttpClient } from "./client.ts";
import { permanent } from "./faults.ts";
import type { WriteRequest } from "./requests.ts";
import { fillJson, fillPath, toText, type Fields } from "./template.ts";

/** A write as the tenant's file describes it, with its Idempotency-Key; `bytes` are a file's. */
export function send(client: HttpClient, described: WriteRequest, fields: Fields, call: CallOptions, bytes?: Buffer) {
  const path = fillPath(described.path, fields);
  if (path === null)
    return Promise.resolve({
      ok: false as const,
      fault: permanent("http:path-value", "an id cannot stand in the path"),
    });
  const form =
    described.form === undefined || bytes === undefined ? undefined : buildForm(described.form, fields, bytes);
  const named = Object.entries(described.headers).map(([name, value]) => [
    name.toLowerCase(),
    String(fillJson(value, fields)),
  ]);
  const headers: Record<string, string> = {
    "idempotency-key": toText(fields["idempotencyKey"]),
    // A form's boundary, hence its type, is undici's to write.
    ...(form === undefined ? { "content-type": "application/json" } : {}),
    ...Object.fromEntries(named),
  };
  const { method, path: template } = described;
  const body = form ?? wellFormedJson(fillJson(described.body ?? {}, fields));
  return client.call({ method, path, template, headers, body, write: true }, call);
}

function buildForm(described: Readonly<Record<string, string>>, fields: Fields, bytes: Buffer): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(described)) {
    if (/^\{\{\s*file\s*\}\}$/.test(value)) {
      const type = toText(fields["contentType"]);
      form.append(name, new File([new Uint8Array(bytes)], toText(fields["filename"]), { type }));
      continue;
    }
    const filled = fillJson(value, fields);
    if (filled !== undefined) form.append(name, typeof filled === "string" ? filled : JSON.stringify(filled));
  }
  return form;
}
