import type { CallOptions, CallResult, FileInput, Written } from "../port.ts";
import type { OdooClient } from "./client.ts";
import { externalName } from "./external-id.ts";
import { createOrLeave, findByName } from "./load.ts";

/** A private attachment (`ir.attachment`); it belongs to no record until the activity that names it is written. */
export async function uploadFile(
  client: OdooClient,
  input: FileInput,
  options: CallOptions,
): Promise<CallResult<Written>> {
  const fields = { name: input.filename, datas: input.bytes.toString("base64"), mimetype: input.contentType };
  return createOrLeave(client, "ir.attachment", externalName("file", input.key), fields, options);
}

export async function findFile(
  client: OdooClient,
  key: string,
  options: CallOptions,
): Promise<CallResult<{ recordId: string } | null>> {
  return findByName(client, "ir.attachment", externalName("file", key), options);
}
