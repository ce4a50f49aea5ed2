import { LRUCache } from "lru-cache";
import { EnvHttpProxyAgent, request } from "undici";

const TIMEOUT_MS = 5000;
/** Of a certificate or an answer, bytes. */
const MOST_BYTES = 64 * 1024;
/** SNS changes its certificate a few times a year. */
const KEPT_MS = 24 * 3_600_000;

/** HTTPS_PROXY and NO_PROXY count: only addresses of Amazon's own are asked. */
const OUTSIDE = new EnvHttpProxyAgent();

export interface SnsService {
  /** The PEM certificate at an address of SNS, kept for a day. Rejects when it cannot be had. */
  certificate(url: string): Promise<string>;
  /** Confirms a subscription. Rejects when SNS does not say 200. */
  confirm(url: string): Promise<void>;
}

/** Amazon SNS's own addresses, which the caller has checked: no redirect is followed, time and size are bounded. */
export function createSnsService(): SnsService {
  const certificates = new LRUCache<string, Promise<string>>({ max: 100, ttl: KEPT_MS });
  return {
    certificate(url) {
      const known = certificates.get(url);
      if (known !== undefined) return known;
      const fetched = get(url);
      certificates.set(url, fetched);
      fetched.catch(() => certificates.delete(url));
      return fetched;
    },
    confirm: async (url) => void (await get(url)),
  };
}

async function get(url: string): Promise<string> {
  const answer = await request(url, { dispatcher: OUTSIDE, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Error(`SNS's answer is larger than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  if (answer.statusCode !== 200) throw new Error(`SNS answered ${answer.statusCode}`);
  return Buffer.concat(chunks).toString("utf8");
}
