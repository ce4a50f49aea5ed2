import type { Auth, SenderJob } from "../src/sender/verify-sender.ts";

/** A worker that does what the email says: hang, crash, or find everything fine. */
export default async function verify({ job }: { job: SenderJob }): Promise<Auth> {
  const what = Buffer.from(job.bytes).toString();
  if (what === "crash") process.exit(1);
  while (what === "hang");
  return { spf: "pass", dkim: "pass", dmarc: "pass" };
}
