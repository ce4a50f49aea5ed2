import { operation, type ContactRecords } from "../../port.ts";
import { done } from "../answers.ts";
import { upsertContact } from "../contacts.ts";
import { everyRecord, type HttpContext } from "../context.ts";
import { follow, toRecordId } from "../json-pointer.ts";
import { readRecord } from "../read-record.ts";

export function contactRecords(context: HttpContext): ContactRecords {
  const { client, requests, tenant, write, findBy } = context.calls;
  return {
    ...everyRecord("contact", context),
    write: operation(
      (input, call) =>
        upsertContact(
          requests.contact,
          input,
          {
            find: async (described, of) => findBy(described, "contact", input.email, of),
            write: async (own, of, replaces) => write("contact", { key: input.email, replaces }, own, of),
          },
          call,
        ),
      // Looked up first.
      { cost: { requests: 2 } },
    ),
    findByPhone: operation(async (phone, call) => {
      const described = requests.contact.lookupByPhone;
      if (described === undefined) return done(null);
      const read = await readRecord(client, described, { tenant, phone }, call);
      if (!read.ok) return read;
      if (read.value === null) return done(null);
      const { value } = read;
      const [id, key, second] = [described.id, described.key, described.second].map((at) => follow(value, at));
      const recordId = id?.kind === "found" ? toRecordId(id.value) : null;
      // An API that ignores the filter answers with anybody.
      const same = key?.kind === "found" && digits(String(key.value)) === digits(phone);
      return done(recordId === null || !same || second?.kind === "found" ? null : { recordId });
    }),
  };
}

function digits(phone: string): string {
  return phone.replaceAll(/\D/g, "");
}
