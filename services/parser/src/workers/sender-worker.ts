import { Resolver } from "node:dns/promises";
import { verifySender } from "../sender/verify-sender.ts";
import type { SenderLimits } from "../sender/sender-limits.ts";
import type { Auth, SenderJob } from "../sender/verify-sender.ts";

/** One name server gets this long, twice. */
const resolver = new Resolver({ timeout: 1500, tries: 2 });

/** The worker process's side: asks the machine's name servers. */
export default async function verify({ job, limits }: { job: SenderJob; limits: SenderLimits }): Promise<Auth> {
  return verifySender(job, async (name, type) => (await resolver.resolve(name, type)) as string[] | string[][], limits);
}
