import { parseSignedJson } from "@inlet/email";
import type { ParseOptions } from "@inlet/email";
import type { ParsedBody } from "../kind.ts";

export async function parseJson(body: Uint8Array, options?: ParseOptions): Promise<ParsedBody> {
  const result = await parseSignedJson(body, options);
  return result.ok
    ? { kind: "email", email: result.email, sender: result.source }
    : { kind: "fault", fault: result.fault };
}
