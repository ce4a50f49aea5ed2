import type { CallOptions, CallResult } from "../port.ts";
import type { HubSpotClient } from "./client.ts";
import { outage } from "./faults.ts";

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
}

interface Pipeline {
  readonly id: string;
  readonly displayOrder: number;
  readonly stages: readonly { readonly id: string; readonly displayOrder: number }[];
}

/** Stage ids differ by account, so that none can be assumed; the account's pipelines are read once, and only when nothing is configured. */
export function createDealStages(
  client: HubSpotClient,
  configured: { readonly pipeline: string | null; readonly stage: string | null },
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
  };
}

function byOrder<T extends { readonly displayOrder: number }>(items: readonly T[]): readonly T[] {
  return items.toSorted((a, b) => a.displayOrder - b.displayOrder);
}
