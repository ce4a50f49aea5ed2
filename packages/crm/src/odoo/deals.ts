import { cutText } from "@inlet/schemas";
import type { CallOptions, CallResult, DealInput, DealRead, Written } from "../port.ts";
import type { OdooClient } from "./client.ts";
import { externalName } from "./external-id.ts";
import { ODOO_LIMITS } from "./limits.ts";
import { createOrLeave, findByName } from "./load.ts";
import { isRecordId } from "./record-id.ts";

export interface DealPlace {
  /** Sales team (`crm.team`) and stage (`crm.stage`) of new deals, by name or database id; null for Odoo's own choice. */
  readonly pipeline: string | null;
  readonly stage: string | null;
  readonly missingStage?: "first" | "wait" | undefined;
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
    name: cutText(input.name, ODOO_LIMITS.subject),
    type: "opportunity",
    "partner_id/.id": input.contactId,
    // Import fields hold lists joined by commas.
    ...(input.tags.length === 0 ? {} : { tag_ids: input.tags.map((tag) => tag.replaceAll(",", " ")).join(",") }),
    ...reference("team_id", pipeline),
    ...reference("stage_id", stage),
  };
  const context = { name_create_enabled_fields: { tag_ids: true } };
  const name = externalName("deal", input.key);
  const made = await createOrLeave(client, "crm.lead", name, fields, { ...options, context });
  if (made.ok || made.fault.code !== "odoo:load:PLACE" || configured.missingStage === "wait") return made;
  // People removed or renamed it: Odoo's own choice is better than no deal.
  const {
    team_id: _,
    stage_id: __,
    "team_id/.id": ___,
    "stage_id/.id": ____,
    ...elsewhere
  } = fields as Record<string, string>;
  const again = await createOrLeave(client, "crm.lead", name, elsewhere, { ...options, context });
  if (!again.ok) return again;
  const warning = `deal_stage_missing: Odoo has no sales team ${pipeline ?? "(any)"} with the stage ${stage ?? "(any)"}; the deal begins where Odoo puts it`;
  return { ok: true, value: { ...again.value, warnings: [warning] } };
}

/** The deal by its database id; null when there is none. A lost one, which Odoo archives, is there. */
export async function getDeal(
  client: OdooClient,
  dealId: string,
  options: CallOptions,
): Promise<CallResult<DealRead | null>> {
  // A tag in an address is written by anybody: what cannot be an id is not asked for.
  if (!isRecordId(dealId)) return { ok: true, value: null };
  const found = await client.first("crm.lead", [["id", "=", Number(dealId)]], ["won_status"], options);
  if (!found.ok || found.value === null) return found as CallResult<null>;
  const { id, won_status: status } = found.value;
  return { ok: true, value: { recordId: String(id), closed: status === "won" || status === "lost" ? status : null } };
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
