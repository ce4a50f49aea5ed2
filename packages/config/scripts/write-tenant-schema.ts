/** Writes docs/reference/tenant.schema.json. Run it after a change of the tenant file's schema: a test fails while it is stale. */
import { writeFileSync } from "node:fs";
import { tenantJsonSchema } from "../src/index.ts";

writeFileSync(
  new URL("../../../docs/reference/tenant.schema.json", import.meta.url),
  `${JSON.stringify(tenantJsonSchema(), null, 2)}\n`,
);
