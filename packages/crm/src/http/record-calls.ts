import { randomUUID } from "node:crypto";
import type { CallOptions, CallResult, Found, Location, RecordName, Written } from "../port.ts";
import { done, failed, notConfigured, unreadable } from "./answers.ts";
import type { HttpClient } from "./client.ts";
import { effectId } from "./effect-id.ts";
import { gone, outage, passing, permanent } from "./faults.ts";
import { fileKeyFields } from "./fields.ts";
import { follow, toRecordId } from "./json-pointer.ts";
import { readRecord } from "./read-record.ts";
import type { CrmRequests, DescribedRequests, LookupRequest, WriteRequest } from "./requests.ts";
import { send } from "./send.ts";
import { namesIn, type Fields } from "./template.ts";

/** What the adapter does for every type of record, by the requests that the tenant's file describes. */
export type RecordCalls = ReturnType<typeof createRecordCalls>;

export function createRecordCalls(client: HttpClient, requests: CrmRequests, tenant: string) {
  const write = async (
    effect: RecordName,
    { key, replaces = null }: { readonly key: string; readonly replaces?: string | null },
    own: Fields,
    call: CallOptions,
    bytes?: Buffer,
  ) => {
    const described: DescribedRequests = requests[effect] ?? NOTHING;
    if (described.write === undefined) return notConfigured(`${effect}.write`);
    // An API that knows the key of the record that is gone would answer with that one again.
    const name = replaces === null ? key : `${key}\0${replaces}`;
    const fields = { ...own, tenant, key, idempotencyKey: effectId(tenant, effect, name) };
    const answer = await send(client, described.write, fields, call, bytes);
    if (!answer.ok)
      return { ok: false as const, fault: refers(own, described.write) ? gone(answer.fault, "perhaps") : answer.fault };
    if (answer.value.kind === "not-found")
      return failed(gone(permanent("http:404", "what the request refers to is not there"), "certain"));
    if (answer.value.kind === "conflict") return afterConflict(effect, key, call);
    const pointed = follow(answer.value.body, described.id);
    const recordId = pointed.kind === "found" ? toRecordId(pointed.value) : null;
    return recordId === null ? unreadable(`${effect}.id`, true) : done({ recordId, created: null });
  };

  const findBy = async (
    described: LookupRequest,
    effect: RecordName,
    key: string,
    call: CallOptions,
  ): Promise<CallResult<{ recordId: string } | null>> => {
    const fields = { tenant, key, ...(effect === "file" ? fileKeyFields(key) : {}) };
    const read = await readRecord(client, described, fields, call);
    if (!read.ok || read.value === null) return read as CallResult<null>;
    const id = follow(read.value, described.id);
    if (id.kind === "absent") return done(null);
    const recordId = id.kind === "found" ? toRecordId(id.value) : null;
    if (recordId === null) return unreadable(`${effect}.lookup.id`, false);
    const found = follow(read.value, described.key);
    if (found.kind === "found" && String(found.value).toLowerCase() === key.toLowerCase()) return done({ recordId });
    return failed(outage("http:lookup-mismatch", `${effect}.lookup answered with another record`, { unknown: false }));
  };

  const lookup = async (
    effect: RecordName,
    key: string,
    call: CallOptions,
  ): Promise<CallResult<{ recordId: string } | null>> => {
    const described = requests[effect]?.lookup;
    if (described === undefined) return notConfigured(`${effect}.lookup`);
    const found = await findBy(described, effect, key, call);
    const { lookupByKey } = requests.contact;
    if (effect !== "contact" || lookupByKey === undefined || (found.ok && found.value !== null)) return found;
    // One that was written without its address.
    return found.ok || found.fault.kind === "record-permanent" ? findBy(lookupByKey, effect, key, call) : found;
  };

  /** A unique key that is taken is a record that is there. */
  const afterConflict = async (effect: RecordName, key: string, call: CallOptions): Promise<CallResult<Written>> => {
    if (requests[effect]?.lookup === undefined) return failed(passing("http:409", "the CRM answered with a conflict"));
    const found = await lookup(effect, key, call);
    if (!found.ok) return found;
    return found.value === null
      ? failed(passing("http:409", "the CRM answered with a conflict, and the record is not there"))
      : done({ recordId: found.value.recordId, created: false });
  };

  const locate = async (
    effect: Exclude<RecordName, "activity">,
    { recordId, key }: Location,
    call: CallOptions,
  ): Promise<CallResult<Found>> => {
    const described = requests[effect];
    if (described?.read !== undefined) {
      const read = await readRecord(client, described.read, { tenant, recordId }, call);
      if (!read.ok && read.fault.kind === "record-permanent") return done(null);
      if (!read.ok || read.value === null) return read as CallResult<null>;
      const pointed = follow(read.value, described.read.id);
      const id = pointed.kind === "found" ? toRecordId(pointed.value) : null;
      return id === null ? unreadable(`${effect}.read.id`, false) : done({ recordId: id });
    }
    // Where nothing can be asked, nothing is known to be gone.
    return described?.lookup === undefined ? done({ recordId }) : lookup(effect, key, call);
  };

  const update = async (
    described: WriteRequest,
    recordId: string,
    own: Fields,
    call: CallOptions,
  ): Promise<CallResult<{ recordId: string } | null>> => {
    // A key of its own each time: an API that remembers keys would take the return to an older value for the older update.
    const fields = { ...own, tenant, key: recordId, idempotencyKey: randomUUID() };
    const answer = await send(client, described, fields, call);
    if (!answer.ok) return answer;
    if (answer.value.kind === "conflict") return failed(passing("http:409", "the CRM answered with a conflict"));
    return done(answer.value.kind === "not-found" ? null : { recordId });
  };

  return { client, requests, tenant, write, findBy, lookup, locate, update };
}

/** What the tenant's file does not describe. */
const NOTHING = { id: "", idempotent: false } as const;

/** Whether the request ties the record to others, one of which may be gone. */
function refers(own: Fields, request: WriteRequest): boolean {
  const named = namesIn(request);
  return ["contactId", "companyId", "dealId", "recordId"].some(
    (name) => typeof own[name] === "string" && named.has(name),
  );
}
