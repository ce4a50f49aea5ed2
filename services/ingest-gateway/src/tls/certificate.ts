import { X509Certificate, createPrivateKey } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { ConfigError } from "@inlet/config";
import type { ConfigFault, Environment } from "@inlet/config";

/** What every listener of the gateway speaks at least (IN9). */
export const LEAST_TLS = "TLSv1.2";

export interface Certificate {
  /** The chain, PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** End of the first certificate's validity, epoch ms. */
  readonly validTo: number;
}

export interface CertificateFiles {
  current(): Certificate;
  /** Called with each later pair that is in order. */
  onChange(listener: (certificate: Certificate) => void): void;
  close(): void;
}

export interface WatchOptions {
  readonly files: NonNullable<Environment["tls"]>;
  /** Called once for each change of the files that cannot be used: the pair before it stays in force. */
  readonly onFault: (fault: ConfigFault) => void;
  /** How often the files are looked at, ms. Default 10 000. Polling, since watches miss changes on mounts. */
  readonly pollMs?: number;
}

/**
 * The certificate and its key, looked at again and again: a renewed pair is taken over while the process runs. A pair that does not
 * belong together is met while a renewal has written one of the two files only: the pair before it stays, and the next look decides.
 * Throws {@link ConfigError} when the files cannot be used at the start.
 */
export function watchCertificate({ files, onFault, pollMs = 10_000 }: WatchOptions): CertificateFiles {
  const listeners: ((certificate: Certificate) => void)[] = [];
  let fingerprint = readFingerprint(files);
  const first = readCertificate(files);
  if ("problem" in first) throw new ConfigError([first]);
  let current: Certificate = first;

  const timer = setInterval(() => {
    const now = readFingerprint(files);
    if (now === fingerprint) return;
    fingerprint = now;
    const next = readCertificate(files);
    if ("problem" in next) return onFault(next);
    // Written while it was read, or only touched: what is served is no change.
    if (next.cert === current.cert && next.key === current.key) return;
    current = next;
    for (const listener of listeners) listener(next);
  }, pollMs);
  timer.unref();

  return {
    current: () => current,
    onChange: (listener) => void listeners.push(listener),
    close: () => clearInterval(timer),
  };
}

function readCertificate({ certFile, keyFile }: WatchOptions["files"]): Certificate | ConfigFault {
  const read: Record<"TLS_CERT_FILE" | "TLS_KEY_FILE", string> = { TLS_CERT_FILE: "", TLS_KEY_FILE: "" };
  for (const [where, path] of [
    ["TLS_CERT_FILE", certFile],
    ["TLS_KEY_FILE", keyFile],
  ] as const) {
    try {
      read[where] = readFileSync(path, "utf8");
    } catch (error) {
      const problem = `names a file that cannot be read (${path}: ${(error as NodeJS.ErrnoException).code ?? "error"})`;
      return { where, field: "", problem, remedy: "Check the path and its permissions" };
    }
  }
  const pair = { cert: read.TLS_CERT_FILE, key: read.TLS_KEY_FILE };
  try {
    // An empty key, as a file has that is being written, is none to OpenSSL's mind: the context would be made without it.
    createPrivateKey(pair.key);
    createSecureContext({ ...pair, minVersion: LEAST_TLS });
    return { ...pair, validTo: Date.parse(new X509Certificate(pair.cert).validTo) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "not PEM";
    return {
      where: "TLS_CERT_FILE",
      field: "",
      problem: `and TLS_KEY_FILE cannot be used together (${code.toLowerCase().replaceAll("_", " ")})`,
      remedy:
        "Give the certificate chain, the server's own certificate first, and its private key without passphrase, both PEM",
    };
  }
}

function readFingerprint({ certFile, keyFile }: WatchOptions["files"]): string {
  return [certFile, keyFile]
    .map((file) => {
      const stat = statSync(file, { throwIfNoEntry: false, bigint: true });
      return stat === undefined ? "gone" : `${stat.ino}:${stat.size}:${stat.mtimeNs}`;
    })
    .join("|");
}
