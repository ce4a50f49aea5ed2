import { operation, type FileRecords } from "../../port.ts";
import { everyRecord, type HttpContext } from "../context.ts";
import { fileFields } from "../fields.ts";

export function fileRecords(context: HttpContext): FileRecords {
  const { write } = context.calls;
  return {
    ...everyRecord("file", context),
    write: operation((input, call) => write("file", input, fileFields(input), call, input.bytes)),
    // A request may take the file as base64 in JSON.
    copies: 6,
  };
}
