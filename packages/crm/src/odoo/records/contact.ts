import { operation, type ContactRecords } from "../../port.ts";
import { settling } from "../../settling.ts";
import type { OdooContext } from "../context.ts";
import { findContact, findContactByPhone, upsertContact } from "../contacts.ts";
import { locate } from "../where-is.ts";

export function contactRecords({ client, options }: OdooContext): ContactRecords {
  return {
    settle: settling("upsert-by-key", "contact", options),
    // Search, load.
    write: operation((input, call) => upsertContact(client, input, call), { cost: { requests: 2 } }),
    lookup: operation(({ key }, call) => findContact(client, key, call)),
    locate: locate(client, "contact"),
    findByPhone: operation((phone, call) => findContactByPhone(client, phone, call)),
  };
}
