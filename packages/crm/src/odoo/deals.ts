import type { CallOptions, CallResult, DealInput, Written } from "../port.ts";
import type { OdooClient } from "./client.ts";
import { externalName } from "./external-id.ts";
import { createOrLeave, findByName } from "./load.ts";
import { isRecordId } from "./record-id.ts";

export interface DealPlace {
  /** Sales team (`crm.team`) and stage (`crm.stage`) of new deals, by name or database id; null for Odoo's own choice. */
  readonly pipeline: string | null;
  readonly stage: string | null;
}

/** An opportunity (`crm.lead`) of the contact. Tags are found by name, and made where they are missing. */
export async function createDeal(
  client: OdooClient,
  configured: DealPlace,
  input: DealInput,
  options: CallOptions,
): Promise<CallResult<Written>> {
  // A stage belongs to its team: the two never come from different places.
  const { pipeline, stage } = input.pipeline === null ? configured : input;
  const fields = {
    name: input.name,
    type: "opportunity",
    "partner_id/.id": input.contactId,
    // Import fields hold lists joined by commas.
    ...(input.tags.length === 0 ? {} : { tag_ids: input.tags.map((tag) => tag.replaceAll(",", " ")).join(",") }),
    ...reference("team_id", pipeline),
    ...reference("stage_id", stage),
  };
  const context = { name_create_enabled_fields: { tag_ids: true } };
  return createOrLeave(client, "crm.lead", externalName("deal", input.key), fields, { ...options, context });
}

/** The deal by its database id; null when there is none. A lost one, which Odoo archives, is there. */
export async function getDeal(
  client: OdooClient,
  dealId: string,
  options: CallOptions,
): Promise<CallResult<{ recordId: string } | null>> {
  // A tag in an address is written by anybody: what cannot be an id is not asked for.
  if (!isRecordId(dealId)) return { ok: true, value: null };
  const found = await client.first("crm.lead", [["id", "=", Number(dealId)]], ["id"], options);
  if (!found.ok) return found;
  return { ok: true, value: found.value === null ? null : { recordId: String(found.value.id) } };
}

export async function findDeal(
  client: OdooClient,
  key: string,
  options: CallOptions,
): Promise<CallResult<{ recordId: string } | null>> {
  return findByName(client, "crm.lead", externalName("deal", key), options);
}

function reference(field: string, value: string | null): Record<string, string> {
  if (value === null) return {};
  return { [isRecordId(value) ? `${field}/.id` : field]: value };
}
