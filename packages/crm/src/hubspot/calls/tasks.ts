import { cutText } from "@inlet/schemas";
import type { CallOptions, CallResult, TaskInput, Written } from "../../port.ts";
import { hubSpotRecord } from "../client/answer.ts";
import type { HubSpotClient } from "../client/client.ts";
import { HUBSPOT_LIMITS } from "../limits.ts";
import { gone, outage, passing } from "../client/faults.ts";

/** HubSpot's association types from a task. */
const TASK_TO = { contacts: 204, deals: 216 } as const;

/**
 * A task to do, for the deal's owner, with its associations in the same call. The unique property `inlet_task_key` refuses a second one; the
 * refusal is answered with the task that is there.
 */
export async function createTask(
  client: HubSpotClient,
  input: TaskInput,
  options: CallOptions,
): Promise<CallResult<Written>> {
  const owner = await findOwner(client, input.dealId, options);
  if (!owner.ok) return owner;
  const path = client.paths.objects("tasks");
  const properties = {
    inlet_task_key: input.key,
    // Of a task it is the due date.
    hs_timestamp: new Date(input.dueAt).toISOString(),
    hs_task_subject: cutText(input.title, HUBSPOT_LIMITS.taskSubject),
    hs_task_body: cutText(input.text, HUBSPOT_LIMITS.text),
    hs_task_status: "NOT_STARTED",
    hs_task_type: "TODO",
    hs_task_priority: (input.priority ?? "none").toUpperCase(),
  };
  const associations = [
    { to: { id: input.contactId }, types: associationTypes("contacts") },
    ...(input.dealId === null ? [] : [{ to: { id: input.dealId }, types: associationTypes("deals") }]),
  ];
  const create = (own: object) =>
    client.call(
      {
        method: "POST",
        path,
        template: path,
        write: true,
        body: { properties: { ...properties, ...own }, associations },
      },
      options,
    );
  const warnings: string[] = [];
  let made = await create(owner.value === null ? {} : { hubspot_owner_id: owner.value });
  if (!made.ok && made.fault.code === "hubspot:400:OWNER") {
    // The deal's owner left the company: better a task of no one than none.
    warnings.push("task_owner_missing: HubSpot has no such owner any more; the task has no owner");
    made = await create({});
  }
  if (!made.ok) return made;
  switch (made.value.kind) {
    case "ok": {
      const record = hubSpotRecord(made.value.body);
      return record === null
        ? { ok: false, fault: outage("hubspot:unreadable", "a task without an id", { unknown: true }) }
        : { ok: true, value: { recordId: record.id, created: true, warnings } };
    }
    case "not-found":
      return { ok: false, fault: gone("the contact or deal of the task is gone") };
    case "conflict": {
      const found = await findTask(client, input.key, options);
      if (!found.ok) return found;
      return found.value === null
        ? { ok: false, fault: passing("hubspot:lookup-lag", "the task is there, but cannot be found yet") }
        : { ok: true, value: { recordId: found.value.recordId, created: false } };
    }
  }
}

export async function findTask(
  client: HubSpotClient,
  key: string,
  options: CallOptions,
): Promise<CallResult<{ recordId: string } | null>> {
  const answer = await client.call(
    {
      method: "GET",
      path: `${client.paths.object("tasks", key)}?idProperty=inlet_task_key&properties=inlet_task_key`,
      template: `${client.paths.objects("tasks")}/{taskId}`,
      write: false,
    },
    options,
  );
  if (!answer.ok) return answer;
  if (answer.value.kind !== "ok") return { ok: true, value: null };
  const record = hubSpotRecord(answer.value.body);
  return record === null
    ? { ok: false, fault: outage("hubspot:unreadable", "a task without an id", { unknown: false }) }
    : { ok: true, value: { recordId: record.id } };
}

/** Null where the task has no deal, or the deal no owner: then it stands in HubSpot's list of unassigned tasks. */
async function findOwner(
  client: HubSpotClient,
  dealId: string | null,
  options: CallOptions,
): Promise<CallResult<string | null>> {
  if (dealId === null) return { ok: true, value: null };
  const answer = await client.call(
    {
      method: "GET",
      path: `${client.paths.object("deals", dealId)}?properties=hubspot_owner_id`,
      template: `${client.paths.objects("deals")}/{dealId}`,
      write: false,
    },
    options,
  );
  if (!answer.ok) return answer;
  const record = answer.value.kind === "ok" ? hubSpotRecord(answer.value.body) : null;
  const owner = record?.properties["hubspot_owner_id"] ?? "";
  return { ok: true, value: owner === "" ? null : owner };
}

function associationTypes(type: keyof typeof TASK_TO): object[] {
  return [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: TASK_TO[type] }];
}
