import { readFileSync } from "node:fs";
import path from "node:path";
import { INLET_ROOT } from "./context.ts";

/** Of this copy of Inlet, from its package.json. */
export const INLET_VERSION = (
  JSON.parse(readFileSync(path.join(INLET_ROOT, "package.json"), "utf8")) as { version: string }
).version;
