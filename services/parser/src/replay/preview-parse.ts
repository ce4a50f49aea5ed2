import type { BlobStore } from "@inlet/blob-store";
import type { StepResult } from "@inlet/domain";
import type { KafkaRecord, NewRecord } from "@inlet/kafka";
import { openRecord } from "../intake/read-delivery.ts";
import type { ParserDeps } from "../intake/incoming-delivery.ts";
import { parseEmail } from "../pipeline.ts";
import { isUnchanged } from "./replay-handler.ts";

/** What parsing a record anew would come to. */
export type ParsePreview =
  /** It differs from what is written, or nothing is: this record would go to the sink. */
  | { readonly kind: "parsed"; readonly record: NewRecord }
  | {
      readonly kind: "ended";
      readonly tenant: string;
      readonly eventId: string;
      readonly result: "unchanged" | "dead_lettered" | "waiting" | "skipped";
      readonly reason: string | null;
      readonly detail: string | null;
    };

/**
 * Takes a record through the very steps of the parser, over a ledger that keeps nothing and a blob store of the dry run's own: nothing is produced,
 * and nothing written where anything else finds it.
 */
export async function previewParse(
  deps: Omit<ParserDeps, "producer" | "replay">,
  blobs: BlobStore,
  record: KafkaRecord,
): Promise<ParsePreview> {
  const { event, incoming } = await openRecord(deps, record);
  const end = (
    result: Extract<ParsePreview, { kind: "ended" }>["result"],
    reason: string | null,
    detail: string | null,
  ) => ({ kind: "ended", tenant: incoming.tenant, eventId: incoming.eventId, result, reason, detail }) as const;
  const tenant = deps.tenants.get(incoming.tenant);
  if (event.kind !== "ok") return end("dead_lettered", "unreadable_record", null);
  if (tenant === undefined) return end("dead_lettered", "unknown_tenant", "no tenant file has this id");
  const [accepted] = await deps.ledger.deliveries.accept([incoming], deps.now());
  if (accepted === undefined || accepted.state === "dead_lettered" || accepted.erased)
    return end("skipped", "already_ended", null);

  const produced: NewRecord[] = [];
  const own: ParserDeps = {
    ...deps,
    blobs,
    producer: {
      send: async (each) => {
        produced.push(each);
        return { topic: each.topic, partition: 0, offset: 0n };
      },
      close: async () => {},
    },
    replay: {
      mayGoOn: async (parsed, delivery) => !(await isUnchanged(deps, parsed, delivery)),
      ended: () => {},
    },
  };
  const delivery = { record, event: event.value, tenant, ...accepted, attempts: {}, since: null };
  const outcome: StepResult<unknown> = await parseEmail(own, delivery);
  const [made] = produced;
  switch (outcome.kind) {
    case "ok":
      return made === undefined ? end("unchanged", null, null) : { kind: "parsed", record: made };
    case "skip":
      return end("unchanged", null, null);
    case "deadLetter":
      return end("dead_lettered", outcome.reason, outcome.detail);
    case "suppress":
      return end("skipped", outcome.reason, null);
    case "retry":
    case "park":
      return end("waiting", outcome.code, null);
  }
}
