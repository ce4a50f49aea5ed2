import { operation, type TaskRecords } from "../../port.ts";
import { settling } from "../../settling.ts";
import type { HubSpotContext } from "../context.ts";
import { TASK_PROPERTIES } from "../account/properties.ts";
import { createTask, findTask } from "../calls/tasks.ts";
import { locate } from "../calls/where-is.ts";

/** Unique by `inlet_task_key`, which only tenants whose rules make tasks need. */
export function taskRecords({ client, options, prepared, withProperties }: HubSpotContext): TaskRecords {
  const own = { properties: TASK_PROPERTIES };
  return {
    settle: settling("consistent-lookup", "task", options),
    write: operation(
      async (input, call) => {
        const ready = await prepared(TASK_PROPERTIES, call);
        return ready.ok ? withProperties(() => createTask(client, input, call), call, own) : ready;
      },
      // The deal's owner, the task.
      { cost: { requests: 2 } },
    ),
    lookup: operation(({ key }, call) => withProperties(() => findTask(client, key, call), call, own)),
    locate: locate(client, "task"),
  };
}
