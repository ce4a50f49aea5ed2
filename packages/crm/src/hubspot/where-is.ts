import type { CallOptions, CallResult, ReferredEffect } from "../port.ts";
import { hubSpotRecord, type HubSpotRecord } from "./answer.ts";
import type { HubSpotClient } from "./client.ts";
import { outage } from "./faults.ts";
import type { HubSpotType } from "./paths.ts";

/** Ids of the records that were merged into this one, joined by `;`. */
export const MERGED_IDS = "hs_merged_object_ids";

const TYPES: Readonly<Record<Exclude<ReferredEffect, "file">, HubSpotType>> = {
  contact: "contacts",
  company: "companies",
  deal: "deals",
  task: "tasks",
};

/** A read by a merged record's id answers with the record that it was merged into; one in the bin is not there. */
export async function whereIs(
  client: HubSpotClient,
  effect: ReferredEffect,
  recordId: string,
  options: CallOptions,
): Promise<CallResult<{ recordId: string } | null>> {
  if (!/^\d{1,20}$/.test(recordId)) return { ok: true, value: null };
  const [path, template] =
    effect === "file"
      ? [`${client.paths.files()}/${recordId}`, `${client.paths.files()}/{fileId}`]
      : [
          `${client.paths.object(TYPES[effect], recordId)}?properties=${MERGED_IDS}`,
          `${client.paths.objects(TYPES[effect])}/{${effect}Id}`,
        ];
  const answer = await client.call({ method: "GET", path, template, write: false }, options);
  if (!answer.ok) return answer;
  if (answer.value.kind !== "ok") return { ok: true, value: null };
  const record = hubSpotRecord(answer.value.body);
  return record === null
    ? { ok: false, fault: outage("hubspot:unreadable", "a record without an id", { unknown: false }) }
    : { ok: true, value: { recordId: record.id } };
}

/** The records of a batch answer by the ids that they are asked for by: their own, and those that were merged into them. */
export function byAnyId(records: readonly HubSpotRecord[]): ReadonlyMap<string, HubSpotRecord> {
  const merged = records.flatMap((record) =>
    (record.properties[MERGED_IDS] ?? "")
      .split(";")
      .filter((other) => other !== "")
      .map((other) => [other, record] as const),
  );
  return new Map([...merged, ...records.map((record) => [record.id, record] as const)]);
}
