import { mayBeRefused } from "../../odd-address.ts";
import { operation, type CallOptions, type ContactRecords } from "../../port.ts";
import { settling } from "../../settling.ts";
import { contactBatch } from "../batches/batches.ts";
import { findContactByPhone } from "../calls/contacts-by-phone.ts";
import { findWithoutEmail, upsertWithoutEmail } from "../calls/contacts-without-email.ts";
import { findContact, upsertContact } from "../calls/contacts.ts";
import type { HubSpotContext } from "../context.ts";
import { CONTACT_PROPERTIES } from "../account/properties.ts";
import { SEARCH_COST } from "../client/searches.ts";
import { locate } from "../calls/where-is.ts";

/** Unique by `email`: an unknown result is settled by sending again. */
export function contactRecords(context: HubSpotContext): ContactRecords {
  const { client, options, withProperties } = context;
  const ofAddress = { properties: CONTACT_PROPERTIES };
  const findByAddress = async (email: string, call: CallOptions) => {
    const found = await findContact(client, email, call);
    if ((found.ok && found.value !== null) || !mayBeRefused(email)) return found;
    return withProperties(() => findWithoutEmail(client, email, call), call, ofAddress);
  };
  return {
    settle: settling("upsert-by-key", "contact", options),
    write: operation(
      async (input, call) => {
        const written = await upsertContact(client, input, call);
        if (written.ok || written.fault.code !== "hubspot:400:INVALID_EMAIL") return written;
        return withProperties(() => upsertWithoutEmail(client, input, call), call, ofAddress);
      },
      // Read, upsert.
      { cost: { requests: 2 }, batch: contactBatch(context) },
    ),
    lookup: operation(({ key }, call) => findByAddress(key, call)),
    locate: locate(client, "contact"),
    findByPhone: operation((phone, call) => findContactByPhone(client, phone, call), { cost: SEARCH_COST }),
  };
}
