import type { CallOptions, CallResult, DealChange, Updated } from "../../port.ts";
import { hubSpotRecord } from "../client/answer.ts";
import { formatPlace } from "./deals.ts";
import type { HubSpotClient } from "../client/client.ts";

/**
 * Moves a deal and adds to its `inlet_tags`: a read where tags are added, then one PATCH, which may be sent again. Two that add tags to one
 * deal at once may lose one of them: HubSpot has no add. Null when the deal is gone.
 */
export async function updateDeal(
  client: HubSpotClient,
  { recordId, place, addTags }: DealChange,
  options: CallOptions,
): Promise<CallResult<Updated | null>> {
  const path = client.paths.object("deals", recordId);
  const template = `${client.paths.objects("deals")}/{dealId}`;
  const properties: Record<string, string> = {};
  if (place !== null) {
    properties["dealstage"] = place.stage;
    if (place.pipeline !== null) properties["pipeline"] = place.pipeline;
  }
  if (addTags.length > 0) {
    const read = await client.call(
      { method: "GET", path: `${path}?properties=inlet_tags`, template, write: false },
      options,
    );
    if (!read.ok) return read;
    if (read.value.kind !== "ok") return { ok: true, value: null };
    const there = (hubSpotRecord(read.value.body)?.properties["inlet_tags"] ?? "")
      .split(";")
      .filter((tag) => tag !== "");
    properties["inlet_tags"] = [...new Set([...there, ...addTags])].join(";");
  }
  const patched = await client.call({ method: "PATCH", path, template, write: true, body: { properties } }, options);
  if (!patched.ok) return patched;
  if (patched.value.kind === "not-found") return { ok: true, value: null };
  const { pipeline = null, stage = "" } = place ?? {};
  // Of a move within a pipeline that is not named it is not known where the deal stands now.
  return {
    ok: true,
    value: { recordId, ...(pipeline === null ? {} : { stored: { place: formatPlace({ pipeline, stage }) } }) },
  };
}
