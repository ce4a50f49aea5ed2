import type { NormalizedEvent } from "@inlet/schemas";
import { authenticate } from "mailauth";
import type { AuthenticateResult } from "mailauth";
import { boundedResolver } from "./bounded-resolver.ts";
import type { DnsLookup } from "./bounded-resolver.ts";
import type { SenderLimits } from "./sender-limits.ts";
import { withLineEnds } from "./crlf.ts";

export type Auth = NormalizedEvent["auth"];

/** What is checked of one email. */
export interface SenderJob {
  /** The email as it came: DKIM signs bytes. */
  readonly bytes: Uint8Array;
  /** IP address of the client; null when it is not known. */
  readonly clientAddress: string | null;
  readonly helo: string | null;
  /** MAIL FROM; null for the empty one, for which SPF checks the HELO name. */
  readonly from: string | null;
  /** Domain of the address that Inlet takes for the author's (From), an A-label; null where it reads none. */
  readonly authorDomain: string | null;
}

/** The answer where nothing could be found out: it says nothing about the sender. */
export const TEMPERROR: Auth = { spf: "temperror", dkim: "temperror", dmarc: "temperror" };

/**
 * SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 9989) of an email, by mailauth, as the result words of RFC 8601. `spf` is null where the
 * client is not known. DNS that fails or is late gives `temperror`; nothing is thrown for it.
 */
export async function verifySender(job: SenderJob, lookup: DnsLookup, limits: SenderLimits): Promise<Auth> {
  const bytes = Buffer.from(job.bytes.buffer, job.bytes.byteOffset, job.bytes.byteLength);
  const result = await authenticate(withLineEnds(bytes), {
    ...(job.clientAddress === null ? {} : { ip: job.clientAddress, helo: job.helo ?? job.clientAddress }),
    ...(job.from === null ? {} : { sender: job.from }),
    mta: "inlet",
    // RFC 8301 3.1: rsa-sha1 proves nothing any more.
    rejectRsaSha1: true,
    disableArc: true,
    disableBimi: true,
    resolver: boundedResolver(lookup, limits),
  });
  return {
    spf: job.clientAddress === null || result.spf === false ? null : result.spf.status.result,
    dkim: toDkim(result.dkim.results),
    dmarc: toDmarc(result.dmarc, job.authorDomain),
  };
}

/** DMARC's word on the author. Where mailauth read another domain in From, its word is not on the sender that Inlet shows. */
function toDmarc(dmarc: AuthenticateResult["dmarc"], authorDomain: string | null): string {
  if (dmarc === false || authorDomain === null) return "none";
  return dmarc.status.header?.from?.replace(/\.$/, "") === authorDomain ? dmarc.status.result : "none";
}

/** Of several signatures one that passes counts, before one that may pass later, before one that does not. */
function toDkim(results: AuthenticateResult["dkim"]["results"]): string {
  const found = results.map<string>(({ status, bodyHash, bodyHashExpecting }) =>
    // mailauth calls a changed body neutral; to RFC 6376 6.1.3 it is a signature that fails.
    status.result === "neutral" && bodyHashExpecting !== undefined && bodyHash !== bodyHashExpecting
      ? "fail"
      : status.result,
  );
  return ["pass", "temperror", "fail"].find((word) => found.includes(word)) ?? found[0] ?? "none";
}
