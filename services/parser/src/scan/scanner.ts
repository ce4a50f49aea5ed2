import { Readable } from "node:stream";
import { withTimeout } from "@inlet/resilience";
import NodeClam from "clamscan";
import pLimit from "p-limit";

/** Scans at once; clamd has 10 threads by default, and serves others too. */
const AT_ONCE = 6;
/** The longest that one scan may take, ms; clamd's own MaxScanTime is 2 minutes. */
const SCAN_TIMEOUT_MS = 120_000;
const PING_TIMEOUT_MS = 5_000;
const CHUNK_BYTES = 256 * 1024;

export type Scan =
  | { readonly kind: "clean" }
  /** `signature`: as clamd names it. */
  | { readonly kind: "infected"; readonly signature: string }
  /** The scanner works, but not on this content: larger than its limits, encrypted, broken. */
  | { readonly kind: "unscannable"; readonly why: "too_large" | "encrypted" | "over_limits" | "error" }
  /** The scanner does not answer. */
  | { readonly kind: "away"; readonly code: string };

export interface Scanner {
  /** Never rejects. */
  scan(bytes: Uint8Array): Promise<Scan>;
  ready(): Promise<boolean>;
}

/** What clamd reports when it is told to alert on content that it could not look into: no malware was found. */
const NOT_LOOKED_INTO: readonly (readonly [RegExp, "encrypted" | "over_limits"])[] = [
  [/^Heuristics\.Encrypted\./, "encrypted"],
  [/^Heuristics\.Limits\.Exceeded/, "over_limits"],
];

/**
 * ClamAV's daemon at `tcp://host:port` or `unix:/path` (CLAMD_URL), by its INSTREAM command: no file is shared with it. Throws RangeError for
 * an address that names neither.
 */
export function createScanner(url: string, timeoutMs: number = SCAN_TIMEOUT_MS): Scanner {
  const address = parseAddress(new URL(url));
  const limit = pLimit(AT_ONCE);
  let opened: Promise<NodeClam> | undefined;
  const client = async (): Promise<NodeClam> =>
    (opened ??= new NodeClam().init({
      clamscan: { active: false },
      clamdscan: { ...address, timeout: timeoutMs, localFallback: false, bypassTest: true, active: true },
      preference: null,
    }));

  const answers = async (): Promise<boolean> => {
    try {
      const socket = await within(Math.min(timeoutMs, PING_TIMEOUT_MS), async () => (await client()).ping());
      socket.end();
      return true;
    } catch {
      return false;
    }
  };

  return {
    ready: answers,
    scan: async (bytes) =>
      limit(async (): Promise<Scan> => {
        // A stream without a byte is an error to clamd.
        if (bytes.byteLength === 0) return { kind: "clean" };
        try {
          const found = await within(timeoutMs, async () => (await client()).scanStream(chunked(bytes)));
          if (found.isInfected === false) return { kind: "clean" };
          // Neither yes nor no: clamd gave up on it.
          return found.isInfected === true
            ? alert(found.viruses[0] ?? "unnamed")
            : { kind: "unscannable", why: "error" };
        } catch (error) {
          const message = (error as Error).message;
          if (/size limit exceeded/i.test(message)) return { kind: "unscannable", why: "too_large" };
          const code = (error as NodeJS.ErrnoException).code ?? (error as Error).name;
          if (code === "ECONNREFUSED" || code === "ENOENT" || !(await answers())) return { kind: "away", code };
          // It hung up in the middle of this content but answers otherwise: what it says of a stream beyond its limit is often lost on the way.
          return { kind: "unscannable", why: /^(?:ECONNRESET|EPIPE)$/.test(code) ? "too_large" : "error" };
        }
      }),
  };
}

function alert(signature: string): Scan {
  const why = NOT_LOOKED_INTO.find(([pattern]) => pattern.test(signature))?.[1];
  return why === undefined ? { kind: "infected", signature } : { kind: "unscannable", why };
}

function parseAddress(url: URL): { socket: string } | { host: string; port: number } {
  if (url.protocol === "unix:") return { socket: decodeURIComponent(url.pathname) };
  if (url.protocol === "tcp:" && url.hostname !== "")
    return { host: url.hostname.replace(/^\[|\]$/g, ""), port: url.port === "" ? 3310 : Number(url.port) };
  throw new RangeError("CLAMD_URL: names no daemon; give tcp://host:3310 or unix:/run/clamav/clamd.sock");
}

/** In pieces: the client sends each as one chunk of INSTREAM. */
function chunked(bytes: Uint8Array): Readable {
  let at = 0;
  return new Readable({
    read() {
      const next = bytes.subarray(at, at + CHUNK_BYTES);
      at += next.byteLength;
      this.push(next.byteLength === 0 ? null : Buffer.from(next.buffer, next.byteOffset, next.byteLength));
    },
  });
}

/** The client never settles when its socket times out in the middle of a scan. */
async function within<T>(ms: number, run: () => Promise<T>): Promise<T> {
  return withTimeout(ms, run(), () => {
    throw Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" });
  });
}
