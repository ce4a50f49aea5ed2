import type { AdapterOptions } from "./adapter-options.ts";
import type { RecordName, Settlement, Settling } from "./records.ts";

/** Where an adapter knows nothing else: longer than a CRM's gateway holds a request, ms. */
const USUAL_MS = 15_000;

/** How a record type is settled, after the adapter's time or the one that the options give it. */
export function settling(
  how: Settlement,
  record: RecordName,
  options: Pick<AdapterOptions, "settleMs">,
  usualMs = USUAL_MS,
): Settling {
  return { how, afterMs: options.settleMs?.[record] ?? usualMs };
}
