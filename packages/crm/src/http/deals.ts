import type { CallFault, CallResult, DealInput, Written } from "../port.ts";
import { outage } from "./faults.ts";
import { dealFields } from "./fields.ts";
import { propertiesWith } from "./refused-properties.ts";
import type { DealRequests } from "./requests.ts";
import type { Fields } from "./template.ts";

/** Where new deals begin, as the tenant's file says. */
export interface DealPlace {
  readonly pipeline: string | null;
  readonly stage: string | null;
  readonly missingStage?: "first" | "wait" | undefined;
}

/** A deal in its place; where the API names that place as what it refuses, people removed it: the deal begins where the API puts it, and says so. */
export async function createDeal(
  requests: DealRequests | undefined,
  input: DealInput,
  configured: DealPlace,
  /** `replaces` makes it another write for an API that remembers keys. */
  write: (own: Fields, replaces: string | null) => Promise<CallResult<Written>>,
): Promise<CallResult<Written>> {
  const pipeline = input.pipeline ?? configured.pipeline;
  const stage = input.stage ?? configured.stage;
  const { replaces = null } = input;
  const made = await write(dealFields({ ...input, pipeline, stage }), replaces);
  if (made.ok || (pipeline ?? stage) === null || !refusesPlace(made.fault, requests)) return made;
  if (configured.missingStage === "wait") {
    const message = "the CRM refuses the pipeline or stage of new deals; correct crm.pipeline and crm.stage";
    return { ok: false, fault: outage("http:place", message, { unknown: false }) };
  }
  const own = { ...dealFields(input), pipeline: undefined, stage: undefined };
  const elsewhere = await write(own, `${replaces ?? ""} without its place`);
  if (!elsewhere.ok) return elsewhere;
  const warning = `deal_stage_missing: the CRM has no pipeline ${pipeline ?? "(any)"} with the stage ${stage ?? "(any)"}; the deal begins where the CRM puts it`;
  return { ok: true, value: { ...elsewhere.value, warnings: [warning] } };
}

function refusesPlace(fault: CallFault, requests: DealRequests | undefined): boolean {
  if (fault.kind !== "record-permanent" || (fault.code !== "http:400" && fault.code !== "http:422")) return false;
  const holding = ["pipeline", "stage"].flatMap((name) => [...propertiesWith(name, requests?.write.body)]);
  return fault.properties?.some((name) => holding.includes(name)) === true;
}
