import type { CallOptions, CallResult } from "../../port.ts";
import type { HubSpotClient } from "../client/client.ts";
import { outage } from "../client/faults.ts";

export interface DealPlace {
  readonly pipeline: string;
  readonly stage: string;
}

export interface DealStages {
  /** Pipeline and stage for a new deal: what is asked for, else the tenant's, else the account's first pipeline and its first stage. */
  resolve(
    asked: { readonly pipeline: string | null; readonly stage: string | null },
    options: CallOptions,
  ): Promise<CallResult<DealPlace>>;
  /**
   * Another place where HubSpot refused this one, which people removed: the pipelines are read anew. The pipeline that was asked for with its
   * first stage, else the account's first pipeline; null where there is none but the refused one.
   */
  instead(refused: DealPlace, options: CallOptions): Promise<CallResult<DealPlace | null>>;
}

interface Pipeline {
  readonly id: string;
  readonly displayOrder: number;
  readonly stages: readonly { readonly id: string; readonly displayOrder: number }[];
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
      if (pipeline !== null && stage !== null) return { ok: true, value: { pipeline, stage } };
      const all = await pipelines(options);
      if (!all.ok) return all;
      const chosen = all.value.find(
        ({ id, stages }) =>
          (pipeline === null || id === pipeline) && (stage === null || stages.some((s) => s.id === stage)),
      );
      const first = stage ?? byOrder(chosen?.stages ?? [])[0]?.id;
      // What people removed since: HubSpot says so, and the deal begins elsewhere.
      if (chosen === undefined && missing === "first")
        return { ok: true, value: { pipeline: pipeline ?? "", stage: stage ?? "" } };
      return chosen === undefined || first === undefined
        ? {
            ok: false,
            fault: outage(
              "hubspot:400:STAGE_MISSING",
              "the account has no deal pipeline with such a stage; correct crm.pipeline and crm.stage",
              { unknown: false },
            ),
          }
        : { ok: true, value: { pipeline: chosen.id, stage: first } };
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
