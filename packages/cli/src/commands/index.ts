import type { Command } from "commander";
import type { CliContext } from "../context.ts";

export type RegisterCommand = (program: Command, context: CliContext) => void;

/**
 * Every command of `inlet`, in the order of the help: one file each. Loaded when it is asked for: all of them together take seconds of
 * processor time to load, most of it for parts that the command at hand never uses.
 */
export const COMMANDS: Readonly<Record<string, () => Promise<RegisterCommand>>> = {
  up: async () => (await import("./up.ts")).registerUp,
  samples: async () => (await import("./samples.ts")).registerSamples,
  send: async () => (await import("./send.ts")).registerSend,
  list: async () => (await import("./list.ts")).registerList,
  show: async () => (await import("./show.ts")).registerShow,
  replay: async () => (await import("./replay.ts")).registerReplay,
  jobs: async () => (await import("./jobs.ts")).registerJobs,
  proposals: async () => (await import("./proposals.ts")).registerProposals,
  dlq: async () => (await import("./dlq.ts")).registerDlq,
  waiting: async () => (await import("./waiting.ts")).registerWaiting,
  buffer: async () => (await import("./buffer.ts")).registerBuffer,
  hold: async () => (await import("./hold.ts")).registerHold,
  erase: async () => (await import("./erase.ts")).registerErase,
  erasures: async () => (await import("./erase.ts")).registerErasures,
  retention: async () => (await import("./retention.ts")).registerRetention,
  crm: async () => (await import("./crm.ts")).registerCrm,
  console: async () => (await import("./console.ts")).registerConsole,
  tokens: async () => (await import("./tokens.ts")).registerTokens,
  audit: async () => (await import("./audit.ts")).registerAudit,
  reconcile: async () => (await import("./reconcile.ts")).registerReconcile,
  parse: async () => (await import("./parse.ts")).registerParse,
  rules: async () => (await import("./rules.ts")).registerRules,
  tenants: async () => (await import("./tenants.ts")).registerTenants,
  lanes: async () => (await import("./lanes.ts")).registerLanes,
  topics: async () => (await import("./topics.ts")).registerTopics,
  schemas: async () => (await import("./schemas.ts")).registerSchemasCommand,
  ledger: async () => (await import("./ledger.ts")).registerLedger,
  blobs: async () => (await import("./blobs.ts")).registerBlobs,
};

/**
 * The commands that an argument list needs: the one that it names, or all, for the help and for the name of a command that there is not.
 * @param name the first argument after `inlet`
 */
export async function commandsFor(name: string | undefined): Promise<readonly RegisterCommand[]> {
  if (name === "--version" || name === "-V") return [];
  const named = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  return Promise.all((named === undefined ? Object.values(COMMANDS) : [named]).map(async (load) => load()));
}
