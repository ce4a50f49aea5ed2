import { operation, type DealRecords } from "../../port.ts";
import { done, notConfigured, unreadable } from "../answers.ts";
import { everyRecord, type HttpContext } from "../context.ts";
import { createDeal } from "../deals.ts";
import { dealChangeFields } from "../fields.ts";
import { follow, toRecordId } from "../json-pointer.ts";
import { readRecord, type Read } from "../read-record.ts";
import type { DealRequests } from "../requests.ts";
import { namesIn } from "../template.ts";

export function dealRecords(context: HttpContext): DealRecords {
  const { calls, options } = context;
  const { client, requests, tenant, write, update } = calls;
  return {
    ...everyRecord("deal", context),
    tiesCompany: namesIn(requests.deal?.write).has("companyId"),
    write: operation((input, call) =>
      createDeal(requests.deal, input, options, async (own, replaces) =>
        write("deal", { key: input.key, replaces }, own, call),
      ),
    ),
    read: operation(async (dealId, call) => {
      const described = requests.deal?.read;
      // An address may name any deal: one that cannot be looked at is not followed.
      if (described === undefined) return done(null);
      const read = await readRecord(client, described, { tenant, recordId: dealId }, call);
      // An id that the API refuses is no deal of its: a stranger's tag must not be the email's fault.
      if (!read.ok && read.fault.kind === "record-permanent") return done(null);
      if (!read.ok) return read;
      if (read.value === null) return done(null);
      const pointed = follow(read.value, described.id);
      const recordId = pointed.kind === "found" ? toRecordId(pointed.value) : null;
      return recordId === null
        ? unreadable("deal.read.id", false)
        : done({ recordId, closed: readClosed(read.value, described) });
    }),
    update: operation(async (change, call) => {
      const described = requests.deal?.update;
      if (described === undefined) return notConfigured("deal.update");
      return update(described, change.recordId, dealChangeFields(change), call);
    }),
  };
}

/** How the deal ended, as far as the tenant's file says where that stands. */
function readClosed(
  read: Read,
  { closed, closedValues }: NonNullable<DealRequests["read"]>,
): "won" | "lost" | "closed" | null {
  const pointed = closed === undefined ? null : follow(read, closed);
  const said = pointed?.kind === "found" ? String(pointed.value).toLowerCase() : "";
  if (!closedValues.some((value) => value.toLowerCase() === said)) return null;
  return said === "won" || said === "lost" ? said : "closed";
}
