import type { CallOptions, CallResult, DealChange, Updated } from "../port.ts";
import type { OdooClient } from "./client.ts";
import { permanent } from "./faults.ts";
import { isRecordId } from "./record-id.ts";

/** Moves an opportunity and links tags to it, in one write that may be sent again; tags that are missing are made. Null when the deal is gone. */
export async function updateDeal(
  client: OdooClient,
  { recordId, place, addTags }: DealChange,
  options: CallOptions,
): Promise<CallResult<Updated | null>> {
  if (!isRecordId(recordId)) return { ok: true, value: null };
  const vals: Record<string, unknown> = {};
  if (place !== null) {
    const team = place.pipeline === null ? null : await findId(client, "crm.team", place.pipeline, options);
    if (team?.ok === false) return team;
    if (team !== null) vals["team_id"] = team.value;
    const stage = await findId(client, "crm.stage", place.stage, options);
    if (!stage.ok) return stage;
    vals["stage_id"] = stage.value;
  }
  if (addTags.length > 0) {
    const links: unknown[] = [];
    for (const tag of addTags) {
      const id = await tagId(client, tag, options);
      if (!id.ok) return id;
      links.push([4, id.value]);
    }
    vals["tag_ids"] = links;
  }
  const args = { ids: [Number(recordId)], vals };
  const written = await client.call({ model: "crm.lead", method: "write", args, write: true }, options);
  if (!written.ok) return written;
  return { ok: true, value: written.value.kind === "missing" ? null : { recordId } };
}

/** Of a sales team or stage that a rule names, by name or database id. */
async function findId(
  client: OdooClient,
  model: "crm.team" | "crm.stage",
  named: string,
  options: CallOptions,
): Promise<CallResult<number>> {
  if (isRecordId(named)) return { ok: true, value: Number(named) };
  const found = await client.first(model, [["name", "=", named]], ["id"], options);
  if (!found.ok) return found;
  if (found.value !== null) return { ok: true, value: found.value.id };
  const what = model === "crm.team" ? "sales team" : "stage";
  return {
    ok: false,
    fault: permanent("odoo:rule:PLACE", `the database has no ${what} of that name; correct setStage of the rule`),
  };
}

/** The tag of this name. Two that make it at once: one is refused (crm.tag is unique by name), and finds it when it asks again. */
async function tagId(client: OdooClient, name: string, options: CallOptions): Promise<CallResult<number>> {
  const find = async () => client.first("crm.tag", [["name", "=", name]], ["id"], options);
  const there = await find();
  if (!there.ok) return there;
  if (there.value !== null) return { ok: true, value: there.value.id };
  const made = await client.call({ model: "crm.tag", method: "name_create", args: { name }, write: true }, options);
  const row = made.ok && made.value.kind === "ok" && Array.isArray(made.value.value) ? made.value.value : [];
  if (typeof row[0] === "number") return { ok: true, value: row[0] };
  const again = await find();
  if (!again.ok) return again;
  if (again.value !== null) return { ok: true, value: again.value.id };
  return made.ok ? { ok: false, fault: permanent("odoo:422", "Odoo makes no such tag") } : made;
}
