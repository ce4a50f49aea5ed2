import type { AdapterOptions } from "../adapter-options.ts";
import type { OdooClient } from "./client.ts";
import type { DealPlace } from "./deals.ts";

/** What every record type of Odoo is made with. Each is made by `load` under an external id, and settled by sending again. */
export interface OdooContext {
  readonly client: OdooClient;
  readonly options: Pick<AdapterOptions, "settleMs">;
  readonly place: DealPlace;
}
