import { operation, type CrmSetup } from "../../port.ts";
import type { HubSpotClient } from "../client/client.ts";
import {
  COMPANY_PROPERTIES,
  CONTACT_PROPERTIES,
  CUSTOM_PROPERTIES,
  prepareProperties,
  requestsFor,
  TASK_PROPERTIES,
  verifyProperties,
} from "./properties.ts";

const EVERY_PROPERTY = [...CUSTOM_PROPERTIES, ...CONTACT_PROPERTIES, ...COMPANY_PROPERTIES, ...TASK_PROPERTIES];

/** Instances make what mail needs before their first write: HubSpot refuses the second of two that make one property. */
export function hubSpotSetup(client: HubSpotClient): CrmSetup {
  const make = (properties: typeof EVERY_PROPERTY) =>
    operation(
      async (_: null, call) => {
        const made = await prepareProperties(client, properties, call);
        return made.ok ? { ok: true, value: { made: made.value } } : made;
      },
      { cost: { requests: requestsFor(properties) } },
    );
  return {
    prepare: make(EVERY_PROPERTY),
    verify: operation((_, call) => verifyProperties(client, CUSTOM_PROPERTIES, call), {
      cost: { requests: CUSTOM_PROPERTIES.length },
    }),
    atStart: make([...CUSTOM_PROPERTIES]),
  };
}
