import { operation, type TaskRecords } from "../../port.ts";
import { everyRecord, type HttpContext } from "../context.ts";
import { taskFields } from "../fields.ts";

export function taskRecords(context: HttpContext): TaskRecords {
  const { write } = context.calls;
  return {
    ...everyRecord("task", context),
    write: operation((input, call) => write("task", input, taskFields(input), call)),
  };
}
