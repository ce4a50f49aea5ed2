import { cutText } from "@inlet/schemas";
import type { CallOptions, CallResult, ContactInput, Written } from "../port.ts";
import type { OdooClient } from "./client.ts";
import { externalName } from "./external-id.ts";
import { ODOO_LIMITS } from "./limits.ts";
import { createOrLeave, findByName } from "./load.ts";

/**
 * The contact (`res.partner`) with this address: one that people made, else Inlet's own. Email is not unique in Odoo, so an active contact
 * comes before an archived one, an older before a newer. What people wrote into it stays.
 */
export async function upsertContact(
  client: OdooClient,
  input: ContactInput,
  options: CallOptions,
): Promise<CallResult<Written>> {
  const there = await byAddress(client, input.email, options);
  if (!there.ok) return there;
  if (there.value !== null) return { ok: true, value: { recordId: there.value.recordId, created: false } };
  const name = [input.firstName, input.lastName].filter((part) => part !== null && part !== "").join(" ");
  const fields = {
    name: cutText(name === "" ? input.email : name, ODOO_LIMITS.name),
    email: input.email,
    ...(typeof input.companyId === "string" ? { "parent_id/.id": input.companyId } : {}),
  };
  return createOrLeave(client, "res.partner", externalName("contact", input.email), fields, options);
}

/**
 * The only active contact with this number: as it is written, less spaces and signs (`phone_mobile_search`), or as Odoo's own reading in
 * the contact's or the company's country made it (`phone_sanitized`), which needs a Python library that not every Odoo has.
 */
export async function findContactByPhone(
  client: OdooClient,
  phone: string,
  options: CallOptions,
): Promise<CallResult<{ recordId: string } | null>> {
  const domain = [
    "|",
    ["phone_mobile_search", "=", phone],
    ["phone_sanitized", "=", phone],
    ["is_company", "=", false],
    ["active", "=", true],
  ];
  const found = await client.rows("res.partner", domain, ["id"], { ...options, limit: 2 });
  if (!found.ok) return found;
  const [only, second] = found.value;
  return {
    ok: true,
    value: only === undefined || second !== undefined ? null : { recordId: String(only.id) },
  };
}

/** By the address, else by Inlet's external id: a person may have corrected the address since. */
export async function findContact(
  client: OdooClient,
  email: string,
  options: CallOptions,
): Promise<CallResult<{ recordId: string } | null>> {
  const there = await byAddress(client, email, options);
  if (!there.ok || there.value !== null) return there;
  return findByName(client, "res.partner", externalName("contact", email), options);
}

async function byAddress(
  client: OdooClient,
  email: string,
  options: CallOptions,
): Promise<CallResult<{ recordId: string } | null>> {
  const domain = [["email_normalized", "=", email]];
  const found = await client.first("res.partner", domain, ["id"], { ...options, order: "active desc, id" });
  if (!found.ok) return found;
  return { ok: true, value: found.value === null ? null : { recordId: String(found.value.id) } };
}
