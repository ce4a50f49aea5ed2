import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { registerBlobs } from "./blobs.ts";
import { registerBuffer } from "./buffer.ts";
import { registerCrm } from "./crm.ts";
import { registerDlq } from "./dlq.ts";
import { registerLedger } from "./ledger.ts";
import { registerParse } from "./parse.ts";
import { registerReconcile } from "./reconcile.ts";
import { registerRules } from "./rules.ts";
import { registerSamples } from "./samples.ts";
import { registerSchemasCommand } from "./schemas.ts";
import { registerSend } from "./send.ts";
import { registerShow } from "./show.ts";
import { registerTenants } from "./tenants.ts";
import { registerTopics } from "./topics.ts";
import { registerUp } from "./up.ts";

/** Every command of `inlet`, in the order of the help: one file each. */
export const COMMANDS: readonly ((program: Command, context: CliContext) => void)[] = [
  registerUp,
  registerSamples,
  registerSend,
  registerShow,
  registerDlq,
  registerBuffer,
  registerCrm,
  registerReconcile,
  registerParse,
  registerRules,
  registerTenants,
  registerTopics,
  registerSchemasCommand,
  registerLedger,
  registerBlobs,
];
