import type { CallOptions, CallResult } from "../../port.ts";
import type { HubSpotClient } from "../client/client.ts";
import { outage } from "../client/faults.ts";

export interface DealPlace {
  readonly pipeline: string;
  readonly stage: string;
}

export interface DealStages {
  /** Pipeline and stage for a new deal, by the ids that these names or ids have: what is asked for, else the tenant's, else the account's first pipeline and its first stage. */
  resolve(
    asked: { readonly pipeline: string | null; readonly stage: string | null },
    options: CallOptions,
  ): Promise<CallResult<DealPlace>>;
  /** The place of this id or name, in this pipeline or the only one that has such a stage; null where there is none. The pipelines are read anew. */
  find(
    asked: { readonly pipeline: string | null; readonly stage: string },
    options: CallOptions,
  ): Promise<CallResult<DealPlace | null>>;
  /**
   * Another place where HubSpot refused this one, which people removed: the pipelines are read anew. The pipeline that was asked for with its
   * first stage, else the account's first pipeline; null where there is none but the refused one.
   */
  instead(refused: DealPlace, options: CallOptions): Promise<CallResult<DealPlace | null>>;
}

interface Named {
  readonly id: string;
  readonly label?: string;
  readonly displayOrder: number;
}

interface Pipeline extends Named {
  readonly stages: readonly Named[];
}

/** An internal id, or a name that looks like one: HubSpot says which, by refusing it. */
export function canBeId(text: string | null): boolean {
  return text === null || /^[a-z0-9_-]+$/.test(text);
}

/** Stage ids differ by account, so that none can be assumed; the account's pipelines are read when nothing is configured, and again when HubSpot refuses one of them. */
export function createDealStages(
  client: HubSpotClient,
  configured: { readonly pipeline: string | null; readonly stage: string | null },
  missing: "first" | "wait" = "first",
): DealStages {
  let known: readonly Pipeline[] | null = null;

  async function pipelines(options: CallOptions): Promise<CallResult<readonly Pipeline[]>> {
    if (known !== null) return { ok: true, value: known };
    const path = client.paths.pipelines();
    const answer = await client.call({ method: "GET", path, template: path, write: false }, options);
    if (!answer.ok) return answer;
    const results = answer.value.kind === "ok" ? answer.value.body["results"] : [];
    const read = byOrder((Array.isArray(results) ? results : []) as Pipeline[]);
    if (read.length > 0) known = read;
    return { ok: true, value: read };
  }

  return {
    async resolve(asked, options) {
      // A stage belongs to its pipeline: the two never come from different places.
      const { pipeline, stage } = asked.pipeline === null ? configured : asked;
      if (pipeline !== null && stage !== null && canBeId(pipeline) && canBeId(stage))
        return { ok: true, value: { pipeline, stage } };
      const cached = known !== null;
      let all = await pipelines(options);
      if (!all.ok) return all;
      let [chosen] = placesCalled(all.value, pipeline, stage);
      if (chosen === undefined && cached) {
        known = null;
        all = await pipelines(options);
        if (!all.ok) return all;
        [chosen] = placesCalled(all.value, pipeline, stage);
      }
      // What people removed since: HubSpot says so, and the deal begins elsewhere.
      if (chosen === undefined && missing === "first")
        return { ok: true, value: { pipeline: pipeline ?? "", stage: stage ?? "" } };
      return chosen === undefined
        ? {
            ok: false,
            fault: outage(
              "hubspot:400:STAGE_MISSING",
              "the account has no deal pipeline with such a stage; correct crm.pipeline and crm.stage",
              { unknown: false },
            ),
          }
        : { ok: true, value: chosen };
    },
    async find({ pipeline, stage }, options) {
      known = null;
      const all = await pipelines(options);
      if (!all.ok) return all;
      const found = placesCalled(all.value, pipeline, stage);
      return { ok: true, value: found.length === 1 || pipeline !== null ? (found[0] ?? null) : null };
    },
    async instead(refused, options) {
      known = null;
      const all = await pipelines(options);
      if (!all.ok) return all;
      const chosen = all.value.find(({ id }) => id === refused.pipeline) ?? all.value[0];
      const stage = byOrder(chosen?.stages ?? [])[0]?.id;
      if (chosen === undefined || stage === undefined || (chosen.id === refused.pipeline && stage === refused.stage))
        return { ok: true, value: null };
      if (missing === "first") return { ok: true, value: { pipeline: chosen.id, stage } };
      const message = "people removed the pipeline or stage of new deals; correct crm.pipeline and crm.stage";
      return { ok: false, fault: outage("hubspot:400:STAGE_MISSING", message, { unknown: false }) };
    },
  };
}

function byOrder<T extends { readonly displayOrder: number }>(items: readonly T[]): readonly T[] {
  return items.toSorted((a, b) => a.displayOrder - b.displayOrder);
}

/** Places of these ids, else of these names, in the account's order; a stage that is not asked for is the pipeline's first. */
function placesCalled(all: readonly Pipeline[], pipeline: string | null, stage: string | null): readonly DealPlace[] {
  return called(all, pipeline).flatMap(({ id, stages }) => {
    const [found] = stage === null ? byOrder(stages) : called(stages, stage);
    return found === undefined ? [] : [{ pipeline: id, stage: found.id }];
  });
}

function called<T extends Named>(items: readonly T[], wanted: string | null): readonly T[] {
  if (wanted === null) return items;
  const byId = items.filter(({ id }) => id === wanted);
  return byId.length > 0 ? byId : items.filter(({ label = "" }) => fold(label) === fold(wanted));
}

/** People write names with other capitals than the account has. */
function fold(name: string): string {
  return name.trim().normalize("NFC").toLowerCase();
}
