import type { CallOptions, CallResult } from "../../port.ts";
import type { HubSpotClient } from "../client/client.ts";

/** The portal's number. What stands before HubSpot and does not tell it, such as another CRM with its API, is named by its address. */
export async function readAccount(
  client: HubSpotClient,
  baseUrl: string,
  options: CallOptions,
): Promise<CallResult<string>> {
  const path = "/account-info/v3/details";
  const answer = await client.call({ method: "GET", path, template: path, write: false }, options);
  const byAddress = { ok: true, value: new URL(baseUrl).host } as const;
  // A token that may not ask, or an address without this page: neither is a reason to hold mail back.
  if (!answer.ok) return /^hubspot:(403|404|400)/.test(answer.fault.code) ? byAddress : answer;
  const portalId = answer.value.kind === "ok" ? answer.value.body["portalId"] : null;
  return typeof portalId === "number" || typeof portalId === "string"
    ? { ok: true, value: `portal ${portalId}` }
    : byAddress;
}
