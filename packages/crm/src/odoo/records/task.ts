import { operation, type TaskRecords } from "../../port.ts";
import { settling } from "../../settling.ts";
import type { OdooContext } from "../context.ts";
import { createTask, findTask } from "../tasks.ts";
import { locate } from "../where-is.ts";

export function taskRecords({ client, options }: OdooContext): TaskRecords {
  return {
    settle: settling("upsert-by-key", "task", options),
    // The deal's salesperson, load.
    write: operation((input, call) => createTask(client, input, call), { cost: { requests: 2 } }),
    lookup: operation(({ key }, call) => findTask(client, key, call)),
    locate: locate(client, "task"),
  };
}
