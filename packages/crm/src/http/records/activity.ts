import {
  ACTIVITY_FIELDS,
  operation,
  type ActivityChange,
  type ActivityField,
  type ActivityRecords,
  type CallOptions,
  type CallResult,
  type Updated,
} from "../../port.ts";
import { done } from "../answers.ts";
import { foundRecord, type HttpContext } from "../context.ts";
import { activityFields, updateFields } from "../fields.ts";
import { follow } from "../json-pointer.ts";
import { readRecord, type Read } from "../read-record.ts";
import { namesIn } from "../template.ts";

/** Messages that people send from such a CRM are registered (docs/guides/outbound-messages.md): it is not asked for them. */
export function activityRecords(context: HttpContext): ActivityRecords {
  const { client, requests, tenant, write, update } = context.calls;
  const described = requests.activity;
  // An activity can be changed in what the request that updates it has a place for.
  const changeable = namesIn(described.update);
  const fixed = ACTIVITY_FIELDS.filter((field) => !changeable.has(field));
  const isFixed = (field: string): boolean => fixed.some((each) => each === field);

  const read = async (recordId: string, call: CallOptions): Promise<CallResult<Record<string, string> | null>> => {
    // Without a look no one knows what a person changed: no field counts as the last written, so none is overwritten.
    if (described.read === undefined) return done({});
    const found = await readRecord(client, described.read, { tenant, recordId }, call);
    if (!found.ok) return found;
    return done(found.value === null ? null : readFields(found.value, described.read.fields));
  };

  const change = async (
    { recordId, changed }: ActivityChange,
    call: CallOptions,
  ): Promise<CallResult<Updated | null>> => {
    const kept = Object.keys(changed).filter(isFixed) as ActivityField[];
    if (described.update === undefined || kept.length === Object.keys(changed).length)
      return done({ recordId, fixed: kept });
    let { fileIds } = changed;
    if (fileIds !== undefined && described.read?.fields.fileIds !== undefined) {
      const before = await read(recordId, call);
      if (!before.ok) return before;
      if (before.value === null) return done(null);
      // An API that replaces lists must be given those that are there as well: an update takes none away.
      fileIds = [...new Set([...(before.value["fileIds"]?.split(";") ?? []), ...fileIds])].filter((id) => id !== "");
    }
    const fields = updateFields({ recordId, changed: fileIds === undefined ? changed : { ...changed, fileIds } });
    const updated = await update(described.update, recordId, fields, call);
    if (!updated.ok || updated.value === null) return updated;
    return done({ recordId, fixed: kept });
  };

  return {
    ...foundRecord("activity", context),
    fixed,
    write: operation((input, call) => write("activity", input, activityFields(input), call)),
    read: operation(read),
    // Its files are read.
    update: operation(change, { cost: { requests: 2 } }),
  };
}

function readFields(read: Read, pointers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, pointer] of Object.entries(pointers)) {
    if (pointer === undefined) continue;
    const pointed = follow(read, pointer);
    const value = pointed.kind === "found" ? pointed.value : "";
    fields[name] = Array.isArray(value) ? value.map(String).join(";") : String(value);
  }
  return fields;
}
