import type { CallOptions, CallResult, DealChange, Updated } from "../../port.ts";
import { canBeId, type DealPlace, type DealStages } from "../account/stages.ts";
import { hubSpotRecord } from "../client/answer.ts";
import { formatPlace } from "./deals.ts";
import type { HubSpotClient } from "../client/client.ts";
import { permanent } from "../client/faults.ts";

const PLACE = "hubspot:400:PLACE";

/**
 * Moves a deal and adds to its `inlet_tags`: a read where tags are added, then one PATCH, which may be sent again. Two that add tags to one
 * deal at once may lose one of them: HubSpot has no add. Null when the deal is gone.
 */
export async function updateDeal(
  client: HubSpotClient,
  stages: DealStages,
  { recordId, place, addTags }: DealChange,
  options: CallOptions,
): Promise<CallResult<Updated | null>> {
  const byName = place !== null && !(canBeId(place.stage) && canBeId(place.pipeline));
  const there = byName || addTags.length > 0 ? await readDeal(client, recordId, options) : null;
  if (there?.ok === false) return there;
  if (there !== null && there.value === null) return { ok: true, value: null };
  const tags = addTags.length === 0 ? {} : { inlet_tags: withTags(there?.value?.["inlet_tags"] ?? "", addTags) };
  if (!byName) {
    const ids = place === null ? {} : placeProperties(place);
    const patched = await patchDeal(client, recordId, { ...ids, ...tags }, options);
    // One word may be a name as well as an id.
    if (patched.ok || place === null || patched.fault.code !== PLACE) return patched;
    const called = await findPlace(client, stages, recordId, place, options);
    return called.ok ? patchDeal(client, recordId, { ...called.value, ...tags }, options) : called;
  }
  const called = await findPlace(client, stages, recordId, place, options);
  return called.ok ? patchDeal(client, recordId, { ...called.value, ...tags }, options) : called;
}

/** By name, in the pipeline that the rule names, else in the deal's own, else in the only one that has such a stage. */
async function findPlace(
  client: HubSpotClient,
  stages: DealStages,
  recordId: string,
  place: NonNullable<DealChange["place"]>,
  options: CallOptions,
): Promise<CallResult<Record<string, string>>> {
  const own = place.pipeline === null ? await readDeal(client, recordId, options) : null;
  if (own?.ok === false) return own;
  const pipeline = place.pipeline ?? own?.value?.["pipeline"] ?? null;
  const found = await stages.find({ pipeline, stage: place.stage }, options);
  if (!found.ok) return found;
  return found.value === null
    ? { ok: false, fault: permanent(PLACE, "HubSpot has no such pipeline or stage; correct setStage of the rule") }
    : { ok: true, value: placeProperties(found.value) };
}

function placeProperties({ pipeline, stage }: { pipeline: string | null; stage: string } | DealPlace) {
  return { dealstage: stage, ...(pipeline === null ? {} : { pipeline }) };
}

function withTags(there: string, added: readonly string[]): string {
  return [...new Set([...there.split(";").filter((tag) => tag !== ""), ...added])].join(";");
}

/** Tags and pipeline of a deal; null when it is gone. */
async function readDeal(
  client: HubSpotClient,
  recordId: string,
  options: CallOptions,
): Promise<CallResult<Readonly<Record<string, string | null>> | null>> {
  const path = `${client.paths.object("deals", recordId)}?properties=inlet_tags,pipeline`;
  const read = await client.call({ method: "GET", path, template: buildTemplate(client), write: false }, options);
  if (!read.ok) return read;
  return { ok: true, value: read.value.kind === "ok" ? (hubSpotRecord(read.value.body)?.properties ?? {}) : null };
}

async function patchDeal(
  client: HubSpotClient,
  recordId: string,
  properties: Readonly<Record<string, string>>,
  options: CallOptions,
): Promise<CallResult<Updated | null>> {
  const path = client.paths.object("deals", recordId);
  const template = buildTemplate(client);
  const patched = await client.call({ method: "PATCH", path, template, write: true, body: { properties } }, options);
  if (!patched.ok) return patched;
  if (patched.value.kind === "not-found") return { ok: true, value: null };
  const { pipeline, dealstage: stage = "" } = properties;
  // Of a move within a pipeline that is not named it is not known where the deal stands now.
  return {
    ok: true,
    value: { recordId, ...(pipeline === undefined ? {} : { stored: { place: formatPlace({ pipeline, stage }) } }) },
  };
}

function buildTemplate(client: HubSpotClient): string {
  return `${client.paths.objects("deals")}/{dealId}`;
}
