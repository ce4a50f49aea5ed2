import { writeFileSync } from "node:fs";
import { outboundMessageSchema } from "../src/outbound/outbound-message.ts";

const file = new URL("../../../docs/reference/outbound-message.schema.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(outboundMessageSchema(), null, 2)}\n`);
