import {
  operation,
  type CallOptions,
  type CallResult,
  type Found,
  type Location,
  type Operation,
  type ReferredRecordName,
} from "../../port.ts";
import { hubSpotRecord, type HubSpotRecord } from "../client/answer.ts";
import type { HubSpotClient } from "../client/client.ts";
import { outage } from "../client/faults.ts";
import type { HubSpotType } from "../client/paths.ts";

/** Ids of the records that were merged into this one, joined by `;`. */
export const MERGED_IDS = "hs_merged_object_ids";

const TYPES: Readonly<Record<Exclude<ReferredRecordName, "file">, HubSpotType>> = {
  contact: "contacts",
  company: "companies",
  deal: "deals",
  task: "tasks",
};

/** A read by a merged record's id answers with the record that it was merged into; one in the bin is not there. */
export function locate(client: HubSpotClient, record: ReferredRecordName): Operation<Location, Found> {
  return operation(({ recordId }, options) => readById(client, record, recordId, options));
}

async function readById(
  client: HubSpotClient,
  record: ReferredRecordName,
  recordId: string,
  options: CallOptions,
): Promise<CallResult<Found>> {
  if (!/^\d{1,20}$/.test(recordId)) return { ok: true, value: null };
  const [path, template] =
    record === "file"
      ? [`${client.paths.files()}/${recordId}`, `${client.paths.files()}/{fileId}`]
      : [
          `${client.paths.object(TYPES[record], recordId)}?properties=${MERGED_IDS}`,
          `${client.paths.objects(TYPES[record])}/{${record}Id}`,
        ];
  const answer = await client.call({ method: "GET", path, template, write: false }, options);
  if (!answer.ok) return answer;
  if (answer.value.kind !== "ok") return { ok: true, value: null };
  const there = hubSpotRecord(answer.value.body);
  return there === null
    ? { ok: false, fault: outage("hubspot:unreadable", "a record without an id", { unknown: false }) }
    : { ok: true, value: { recordId: there.id } };
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
