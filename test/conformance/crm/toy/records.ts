import {
  formatContactId,
  operation,
  parseContactId,
  type ActivityField,
  type CallFault,
  type CallOptions,
  type CallResult,
  type CrmRecords,
  type Found,
  type Lookup,
  type RecordName,
  type Settling,
  type Written,
} from "@inlet/crm";
import { TOY_CONTACTS, type ToySettings } from "./settings.ts";
import type { ToyRow, ToyServer } from "./toy-server.ts";

/** Each write is charged five tokens beside its request, a list ten, a search twenty. */
const WRITE = { cost: { requests: 1, tokens: 5 } };
const LIST = { cost: { requests: 1, tokens: 10 } };
const SEARCH = { cost: { requests: 1, tokens: 20 } };
/** A list that is further behind than this is not trusted when it has no such record, ms. */
const LAG_MS = 1_000;
/** The toy keeps the deal and the markup of an activity as they were made. */
const FIXED: readonly ActivityField[] = ["html", "dealId"];

/** What the toy makes of a text. */
export const sanitized = (text: string): string => text.replaceAll(/\n+/g, "\n");

export function toyRecords(server: ToyServer, contactAs: ToySettings["contactAs"]): CrmRecords {
  const done = <T>(value: T): CallResult<T> => ({ ok: true, value });
  const findRow = (type: RecordName, id: unknown): ToyRow | null => {
    const row = server.rows.get(type === "contact" ? parseContactId(String(id), TOY_CONTACTS).id : String(id));
    return row?.type === type ? row : null;
  };
  /** As the port has it: a lead's says that it is one. */
  const toId = ({ type, id, fields: { as: kind } }: ToyRow): string =>
    type === "contact" && typeof kind === "string" ? formatContactId(kind, id, TOY_CONTACTS) : id;

  /** By its parent, and in the window since it was claimed: the toy finds nothing by a key. */
  const find = (type: RecordName, { key, since }: Lookup, under: object = {}): CallResult<Found> => {
    const { rows, asOf } = server.list();
    const row = rows.find(
      (each) =>
        each.type === type &&
        each.key === key &&
        (since === null || each.at >= since - 60_000) &&
        Object.entries(under).every(([name, id]) => id === "" || each.fields[name] === id),
    );
    if (row !== undefined) return done({ recordId: toId(row) });
    return asOf < Date.now() - LAG_MS ? { ok: false, fault: passing("toy:lists-lag", true) } : done(null);
  };

  const write = (
    type: RecordName,
    key: string,
    fields: Record<string, unknown>,
    options: CallOptions,
  ): Promise<CallResult<Written>> =>
    server.request<Written>(options, type, () => {
      for (const [name, parent] of Object.entries({
        contactId: "contact",
        companyId: "company",
        dealId: "deal",
      } as const)) {
        const id = fields[name] ?? null;
        if (id !== null && findRow(parent, id) === null) return { ok: false, fault: GONE };
      }
      const made = server.insert(type, key, fields);
      if (made !== null) return done({ recordId: toId(made), created: true });
      const there = find(type, { key, since: null });
      if (!there.ok) return there;
      return there.value === null
        ? { ok: false, fault: passing("toy:409", false) }
        : done({ ...there.value, created: false });
    });

  const settle: Settling = { how: "consistent-lookup", afterMs: 60_000 };
  const every = (type: RecordName) => ({
    settle,
    locate: operation(async ({ recordId }: { recordId: string }) => done(findRow(type, recordId) && { recordId })),
  });
  const lookup = (type: RecordName) =>
    operation((sought: Lookup, options) => server.request<Found>(options, null, () => find(type, sought)), LIST);

  return {
    contact: {
      ...every("contact"),
      lookup: lookup("contact"),
      kinds: TOY_CONTACTS,
      write: operation(
        ({ email, ...fields }, options) => write("contact", email, { email, as: contactAs, ...fields }, options),
        WRITE,
      ),
      findByPhone: operation(async (phone) => {
        const [only, second] = server.search().rows.filter(({ fields }) => fields["phone"] === phone);
        return done(only === undefined || second !== undefined ? null : { recordId: toId(only) });
      }, SEARCH),
    },
    company: {
      ...every("company"),
      lookup: lookup("company"),
      write: operation(({ domain, name }, options) => write("company", domain, { domain, name }, options), WRITE),
      find: operation(async (domain) => {
        const [oldest, second] = server.search().rows.filter(({ fields }) => fields["domain"] === domain);
        return done(oldest === undefined ? null : { recordId: oldest.id, several: second !== undefined });
      }, SEARCH),
    },
    deal: {
      ...every("deal"),
      tiesCompany: true,
      lookup: operation(
        (sought, options) =>
          server.request<Found>(options, null, () => find("deal", sought, { contactId: sought.contactId })),
        LIST,
      ),
      write: operation(
        ({ key, ...fields }, options) => write("deal", key, { ...fields, stage: fields.stage ?? "first" }, options),
        WRITE,
      ),
      read: operation(async (dealId) => done(findRow("deal", dealId) && { recordId: dealId, closed: null })),
      update: operation(async ({ recordId, place, addTags }) => {
        const deal = findRow("deal", recordId);
        if (deal === null) return done(null);
        if (place !== null && place.stage !== "later") return { ok: false, fault: REFUSED };
        const tags = [...new Set([...(deal.fields["tags"] as string[]), ...addTags])];
        deal.fields = { ...deal.fields, tags, ...(place === null ? {} : { stage: place.stage }) };
        return done({ recordId });
      }, WRITE),
    },
    activity: {
      settle,
      fixed: FIXED,
      lookup: operation(
        (sought, options) =>
          server.request<Found>(options, null, () => find("activity", sought, { contactId: sought.contactId })),
        LIST,
      ),
      write: operation(async ({ key, ...fields }, options) => {
        const text = sanitized(fields.text);
        const made = await write("activity", key, { ...fields, text }, options);
        return made.ok ? done({ ...made.value, stored: { text } }) : made;
      }, WRITE),
      read: operation(async (recordId) => {
        const { subject, text, html, fileIds } = findRow("activity", recordId)?.fields ?? {};
        if (findRow("activity", recordId) === null) return done(null);
        return done({
          subject: String(subject),
          text: String(text),
          html: String(html),
          fileIds: (fileIds as string[]).join(";"),
        });
      }, LIST),
      update: operation(async ({ recordId, changed }) => {
        const activity = findRow("activity", recordId);
        if (activity === null) return done(null);
        const fixed = FIXED.filter((field) => field in changed);
        const { html: _, dealId: __, fileIds = [], ...own } = changed;
        const texts = own.text === undefined ? {} : { text: sanitized(own.text) };
        const files = [...new Set([...(activity.fields["fileIds"] as string[]), ...fileIds])];
        activity.fields = { ...activity.fields, ...own, ...texts, fileIds: files };
        return done({ recordId, fixed, stored: texts });
      }, WRITE),
    },
    file: {
      ...every("file"),
      copies: 1,
      lookup: operation(
        ({ contactId, dealId, ...sought }, options) =>
          server.request<Found>(options, null, () => find("file", sought, { contactId, ...(dealId && { dealId }) })),
        LIST,
      ),
      write: operation(({ key, ...fields }, options) => write("file", key, fields, options), WRITE),
    },
    task: {
      ...every("task"),
      lookup: operation(
        ({ contactId, ...sought }, options) =>
          server.request<Found>(options, null, () => find("task", sought, { contactId })),
        LIST,
      ),
      write: operation(({ key, ...fields }, options) => write("task", key, fields, options), WRITE),
    },
  };
}

const GONE: CallFault = {
  kind: "record-permanent",
  code: "toy:404",
  message: "a parent is gone",
  unknown: false,
  gone: "certain",
};
const REFUSED: CallFault = { kind: "record-permanent", code: "toy:400", message: "no such stage", unknown: false };

function passing(code: string, unknown: boolean): CallFault {
  return { kind: "record-passing", code, message: "the toy does not tell yet", unknown };
}
