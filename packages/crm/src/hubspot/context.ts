import type { AdapterOptions } from "../adapter-options.ts";
import type { CallOptions, CallResult } from "../port.ts";
import type { HubSpotClient } from "./client/client.ts";
import { isPropertyMissing } from "./client/faults.ts";
import { CUSTOM_PROPERTIES, prepareProperties, type CustomProperty } from "./account/properties.ts";
import type { DealStages } from "./account/stages.ts";

/** What every record type of HubSpot is made with. */
export interface HubSpotContext {
  readonly client: HubSpotClient;
  readonly stages: DealStages;
  readonly options: Pick<AdapterOptions, "tenant" | "settleMs">;
  /** An account that lost Inlet's properties, or never had them, gets them, and the call is made once more: the 400 carried out nothing. */
  readonly withProperties: <T>(
    work: () => Promise<CallResult<T>>,
    call: CallOptions,
    wanted?: {
      readonly properties?: readonly CustomProperty[];
      readonly missing?: (result: CallResult<T>) => boolean;
    },
  ) => Promise<CallResult<T>>;
  /** Makes what only some tenants need, with the first record that needs it. */
  readonly prepared: (properties: readonly CustomProperty[], call: CallOptions) => Promise<CallResult<null>>;
}

export function hubSpotContext(
  client: HubSpotClient,
  stages: DealStages,
  options: HubSpotContext["options"],
): HubSpotContext {
  const done = new Set<readonly CustomProperty[]>();
  return {
    client,
    stages,
    options,
    withProperties: async <T>(
      work: () => Promise<CallResult<T>>,
      call: CallOptions,
      {
        properties = CUSTOM_PROPERTIES,
        missing = (result: CallResult<T>) => !result.ok && isPropertyMissing(result.fault),
      } = {},
    ) => {
      const first = await work();
      if (!missing(first)) return first;
      const prepared = await prepareProperties(client, properties, call);
      return prepared.ok ? work() : prepared;
    },
    prepared: async (properties, call) => {
      if (done.has(properties)) return { ok: true, value: null };
      const made = await prepareProperties(client, properties, call);
      if (!made.ok) return made;
      done.add(properties);
      return { ok: true, value: null };
    },
  };
}
