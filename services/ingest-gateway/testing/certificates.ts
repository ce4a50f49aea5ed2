import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";

export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate that no one signed but itself, for localhost. */
export async function selfSigned(commonName = "localhost"): Promise<TestCertificate> {
  const { cert, private: key } = await generate([{ name: "commonName", value: commonName }], {
    keyType: "ec",
    notAfterDate: new Date(Date.now() + 30 * 86_400_000),
  });
  return { cert, key };
}

export interface CertificateFolder {
  readonly certFile: string;
  readonly keyFile: string;
  write(part: Partial<TestCertificate>): Promise<void>;
  remove(): Promise<void>;
}

/** The pair of files that a service is pointed at. */
export async function certificateFolder(first: TestCertificate): Promise<CertificateFolder> {
  const dir = await mkdtemp(join(tmpdir(), "inlet-certificate-"));
  const [certFile, keyFile] = [join(dir, "fullchain.pem"), join(dir, "privkey.pem")];
  const folder: CertificateFolder = {
    certFile,
    keyFile,
    async write({ cert, key }) {
      if (cert !== undefined) await writeFile(certFile, cert);
      if (key !== undefined) await writeFile(keyFile, key, { mode: 0o600 });
    },
    remove: async () => rm(dir, { recursive: true }),
  };
  await folder.write(first);
  return folder;
}

/** Certificate files that change when the test says so. */
export function changingCertificate(first: TestCertificate) {
  const listeners: ((certificate: TestCertificate & { validTo: number }) => void)[] = [];
  const whole = (certificate: TestCertificate) => ({ ...certificate, validTo: Number.POSITIVE_INFINITY });
  return {
    current: () => whole(first),
    onChange: (listener: (typeof listeners)[number]) => void listeners.push(listener),
    close: () => undefined,
    change: (next: TestCertificate) => listeners.forEach((listener) => listener(whole(next))),
  };
}
