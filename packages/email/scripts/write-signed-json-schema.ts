import { writeFileSync } from "node:fs";
import { signedJsonSchema } from "../src/signed-json.ts";

const file = new URL("../../../docs/reference/signed-json.schema.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(signedJsonSchema(), null, 2)}\n`);
