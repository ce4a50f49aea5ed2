import type { z } from "zod";
import { adapterOptions, type CrmKind } from "../kind.ts";
import { createOdoo } from "./odoo.ts";
import { toOdooLink } from "./record-link.ts";
import { odooFile, readOdoo, type OdooSettings } from "./settings.ts";

export const odoo: CrmKind<z.output<typeof odooFile>, OdooSettings> = {
  name: "odoo",
  file: odooFile,
  batching: false,
  read: readOdoo,
  recordLink: toOdooLink,
  create: (settings, context) => {
    const { token, database } = settings;
    return createOdoo({ ...adapterOptions(settings, context), apiKey: () => token.reveal()[0] ?? "", database });
  },
};
