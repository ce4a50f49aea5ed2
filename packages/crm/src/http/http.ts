import { randomUUID } from "node:crypto";
import type { AccessTokens } from "../access-tokens.ts";
import type { AdapterOptions } from "../adapter-options.ts";
import { createCaller, type CallerOptions } from "../caller.ts";
import type { CallOptions, CallResult, Crm, Written, WrittenEffect } from "../port.ts";
import { createHttpClient } from "./client.ts";
import { upsertContact } from "./contacts.ts";
import { createDeal } from "./deals.ts";
import { effectId } from "./effect-id.ts";
import { gone, outage, passing, permanent } from "./faults.ts";
import {
  activityFields,
  companyFields,
  dealChangeFields,
  fileFields,
  fileKeyFields,
  taskFields,
  updateFields,
} from "./fields.ts";
import { follow, idOf } from "./json-pointer.ts";
import { readRecord, type Read } from "./read-record.ts";
import type { CrmRequests, DealRequests, DescribedRequests, LookupRequest, WriteRequest } from "./requests.ts";
import { send } from "./send.ts";
import { placeholdersIn, type Fields } from "./template.ts";
import { httpTraits } from "./traits.ts";

/** An activity can be tied to what the request that updates it has a place for. */
function tiesOf(update: WriteRequest | undefined): { deal: boolean; files: boolean } {
  const names = new Set(placeholdersIn(JSON.stringify(update ?? {})).map(({ name }) => name));
  return { deal: names.has("dealId"), files: names.has("fileIds") };
}

export interface HttpCrmOptions extends AdapterOptions {
  readonly requests: CrmRequests;
  readonly tokens: AccessTokens;
  readonly authorization: CallerOptions["authorization"];
}

/**
 * Any CRM with a JSON API, by the requests that the tenant's file describes (docs/guides/http-crm.md). Every write carries an
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header) that is the same in every try. Throws only on a baseUrl that is no URL.
 */
export function createHttpCrm(options: HttpCrmOptions): Crm {
  const { requests, tenant } = options;
  const caller = createCaller("http", options);
  const client = createHttpClient(caller);

  const write = async (
    effect: WrittenEffect,
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
    if (!answer.ok) return { ok: false as const, fault: refers(own) ? gone(answer.fault, "perhaps") : answer.fault };
    if (answer.value.kind === "not-found")
      return failed(gone(permanent("http:404", "what the request refers to is not there"), "certain"));
    if (answer.value.kind === "conflict") return afterConflict(effect, key, call);
    const pointed = follow(answer.value.body, described.id);
    const recordId = pointed.kind === "found" ? idOf(pointed.value) : null;
    return recordId === null ? unreadable(`${effect}.id`, true) : done({ recordId, created: null });
  };

  const findBy = async (
    described: LookupRequest,
    effect: WrittenEffect,
    key: string,
    call: CallOptions,
  ): Promise<CallResult<{ recordId: string } | null>> => {
    const fields = { tenant, key, ...(effect === "file" ? fileKeyFields(key) : {}) };
    const read = await readRecord(client, described, fields, call);
    if (!read.ok || read.value === null) return read as CallResult<null>;
    const id = follow(read.value, described.id);
    if (id.kind === "absent") return done(null);
    const recordId = id.kind === "found" ? idOf(id.value) : null;
    if (recordId === null) return unreadable(`${effect}.lookup.id`, false);
    const found = follow(read.value, described.key);
    if (found.kind === "found" && String(found.value).toLowerCase() === key.toLowerCase()) return done({ recordId });
    return failed(outage("http:lookup-mismatch", `${effect}.lookup answered with another record`, { unknown: false }));
  };

  const lookup = async (
    effect: WrittenEffect,
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
  const afterConflict = async (effect: WrittenEffect, key: string, call: CallOptions): Promise<CallResult<Written>> => {
    if (requests[effect]?.lookup === undefined) return failed(passing("http:409", "the CRM answered with a conflict"));
    const found = await lookup(effect, key, call);
    if (!found.ok) return found;
    return found.value === null
      ? failed(passing("http:409", "the CRM answered with a conflict, and the record is not there"))
      : done({ recordId: found.value.recordId, created: false });
  };

  const whereIs: Crm["whereIs"] = async (effect, { recordId, key }, call) => {
    const described = requests[effect];
    if (described?.read !== undefined) {
      const read = await readRecord(client, described.read, { tenant, recordId }, call);
      if (!read.ok && read.fault.kind === "record-permanent") return done(null);
      if (!read.ok || read.value === null) return read as CallResult<null>;
      const pointed = follow(read.value, described.read.id);
      const id = pointed.kind === "found" ? idOf(pointed.value) : null;
      return id === null ? unreadable(`${effect}.read.id`, false) : done({ recordId: id });
    }
    // Where nothing can be asked, nothing is known to be gone.
    return described?.lookup === undefined ? done({ recordId }) : lookup(effect, key, call);
  };

  const readFields = async (
    recordId: string,
    call: CallOptions,
  ): Promise<CallResult<Record<string, string> | null>> => {
    const described = requests.activity.read;
    // Without a look nobody knows what a person changed: no field counts as the last written, so none is overwritten.
    if (described === undefined) return done({});
    const read = await readRecord(client, described, { tenant, recordId }, call);
    if (!read.ok || read.value === null) return read;
    return done(fieldsOf(read.value, described.fields));
  };

  const update = async (
    described: WriteRequest,
    recordId: string,
    own: Fields,
    call: CallOptions,
  ): Promise<CallResult<Written | null>> => {
    // A key of its own each time: an API that remembers keys would take the return to an older value for the older update.
    const fields = { ...own, tenant, key: recordId, idempotencyKey: randomUUID() };
    const answer = await send(client, described, fields, call);
    if (!answer.ok) return answer;
    if (answer.value.kind === "conflict") return failed(passing("http:409", "the CRM answered with a conflict"));
    return done(answer.value.kind === "not-found" ? null : { recordId, created: false });
  };

  return {
    kind: "http",
    traits: httpTraits(requests, options.settleMs),
    // A contact is looked up first, an activity's files are read.
    ties: tiesOf(requests.activity.update),
    // A request may take the file as base64 in JSON.
    fileCopies: 6,
    costs: { upsertContact: 2, updateActivity: 2 },
    prepare: async () => done(null),
    findCompany: async (domain, call) => {
      if (requests.company?.lookup === undefined) return done(null);
      const found = await lookup("company", domain, call);
      return found.ok && found.value !== null ? done({ ...found.value, several: false }) : (found as CallResult<null>);
    },
    createCompany: ({ domain, name, replaces = null }, call) =>
      write("company", { key: domain, replaces }, companyFields({ domain, name }), call),
    findContactByPhone: async (phone, call) => {
      const described = requests.contact.lookupByPhone;
      if (described === undefined) return done(null);
      const read = await readRecord(client, described, { tenant, phone }, call);
      if (!read.ok || read.value === null) return read as CallResult<null>;
      const [id, key, second] = [described.id, described.key, described.second].map((at) => follow(read.value, at));
      const recordId = id?.kind === "found" ? idOf(id.value) : null;
      // An API that ignores the filter answers with anybody.
      const same = key?.kind === "found" && digits(String(key.value)) === digits(phone);
      return done(recordId === null || !same || second?.kind === "found" ? null : { recordId });
    },
    upsertContact: async (input, call) =>
      upsertContact(
        requests.contact,
        input,
        {
          find: async (described, of) => findBy(described, "contact", input.email, of),
          write: async (own, of, replaces) => write("contact", { key: input.email, replaces }, own, of),
        },
        call,
      ),
    createDeal: async (input, call) =>
      createDeal(requests.deal, input, options, async (own, replaces) =>
        write("deal", { key: input.key, replaces }, own, call),
      ),
    getDeal: async (dealId, call) => {
      const described = requests.deal?.read;
      // An address may name any deal: one that cannot be looked at is not followed.
      if (described === undefined) return done(null);
      const read = await readRecord(client, described, { tenant, recordId: dealId }, call);
      // An id that the API refuses is no deal of its: a stranger's tag must not be the email's fault.
      if (!read.ok && read.fault.kind === "record-permanent") return done(null);
      if (!read.ok || read.value === null) return read as CallResult<null>;
      const pointed = follow(read.value, described.id);
      const recordId = pointed.kind === "found" ? idOf(pointed.value) : null;
      return recordId === null
        ? unreadable("deal.read.id", false)
        : done({ recordId, closed: closedOf(read.value, described) });
    },
    // Messages of such a CRM are registered (docs/guides/outbound-messages.md).
    findSentMessage: async () => done(null),
    createActivity: (input, call) => write("activity", input, activityFields(input), call),
    updateActivity: async (recordId, changed, call) => {
      const described = requests.activity.update;
      if (described === undefined) return done({ recordId, created: false });
      let { fileIds } = changed;
      if (fileIds !== undefined && requests.activity.read?.fields.fileIds !== undefined) {
        const before = await readFields(recordId, call);
        if (!before.ok || before.value === null) return before as CallResult<null>;
        // An API that replaces lists must be given those that are there as well: an update takes none away.
        fileIds = [...new Set([...(before.value["fileIds"]?.split(";") ?? []), ...fileIds])].filter((id) => id !== "");
      }
      return update(
        described,
        recordId,
        updateFields(recordId, fileIds === undefined ? changed : { ...changed, fileIds }),
        call,
      );
    },
    readActivity: readFields,
    uploadFile: (input, call) => write("file", input, fileFields(input), call, input.bytes),
    createTask: (input, call) => write("task", input, taskFields(input), call),
    updateDeal: async (dealId, change, call) => {
      const described = requests.deal?.update;
      if (described === undefined) return notConfigured("deal.update");
      return update(described, dealId, dealChangeFields(dealId, change), call);
    },
    lookup,
    whereIs,
    account: async () => done(options.baseUrl.replace(/^\w+:\/\//, "").replace(/\/+$/, "")),
    ping: async (call) => {
      const read = await readRecord(client, requests.ping, { tenant }, call);
      if (!read.ok) return read;
      return read.value === null
        ? failed(outage("http:endpoint", "ping.path is not there", { unknown: false }))
        : done(null);
    },
    close: () => caller.close(),
  };
}

/** How the deal ended, as far as the tenant's file says where that stands. */
function closedOf(
  read: Read,
  { closed, closedValues }: NonNullable<DealRequests["read"]>,
): "won" | "lost" | "closed" | null {
  const pointed = closed === undefined ? null : follow(read, closed);
  const said = pointed?.kind === "found" ? String(pointed.value).toLowerCase() : "";
  if (!closedValues.some((value) => value.toLowerCase() === said)) return null;
  return said === "won" || said === "lost" ? said : "closed";
}

/** What the tenant's file does not describe. */
const NOTHING = { id: "", idempotent: false } as const;

/** Whether the record is tied to others, one of which may be gone. */
function refers(own: Fields): boolean {
  return ["contactId", "companyId", "dealId", "recordId"].some((name) => typeof own[name] === "string");
}

function fieldsOf(read: Read, pointers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, pointer] of Object.entries(pointers)) {
    if (pointer === undefined) continue;
    const pointed = follow(read, pointer);
    const value = pointed.kind === "found" ? pointed.value : "";
    fields[name] = Array.isArray(value) ? value.map(String).join(";") : String(value);
  }
  return fields;
}

function done<T>(value: T): CallResult<T> {
  return { ok: true, value };
}

function failed(fault: ReturnType<typeof passing>): { ok: false; fault: ReturnType<typeof passing> } {
  return { ok: false, fault };
}

function digits(phone: string): string {
  return phone.replaceAll(/\D/g, "");
}

function unreadable(where: string, unknown: boolean) {
  return failed(
    outage("http:unreadable", `the answer has no record's id where crm.requests.${where} points`, { unknown }),
  );
}

function notConfigured(where: string) {
  return failed(permanent("http:not-configured", `the tenant file has no crm.requests.${where}`));
}
