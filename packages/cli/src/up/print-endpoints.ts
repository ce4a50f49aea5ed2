import path from "node:path";
import { DEFAULT_DATA_DIR } from "../context.ts";
import type { UpPorts } from "./ports.ts";

/** What a newcomer can do next, ready to paste. */
export function printEndpoints({
  ports,
  dataDir,
  env,
  eventId,
  consoleLink,
}: {
  ports: UpPorts;
  dataDir: string;
  env: Readonly<Record<string, string>>;
  /** Of an email to look at. */
  eventId: string;
  /** Signs in to the console, once. */
  consoleLink: string;
}): string[] {
  const gateway = `http://127.0.0.1:${ports.gateway}`;
  const lines = [
    "",
    "Inlet is up. Where to look:",
    `  the console           ${consoleLink}`,
    `  the CRM's records     http://127.0.0.1:${ports["crm-sandbox"]}`,
    `  what came             npx inlet list`,
    `  what became of one    npx inlet show ${eventId}`,
    `  send one of yours     npx inlet send test/emails/reply/plain-quoted-printable.eml`,
    `  or by SMTP            127.0.0.1:${ports.smtp}, to sales@inlet.example`,
    `  a CRM in trouble      services/crm-sandbox/README.md, "Faults on demand"`,
    `  logs                  ${getLogDir(dataDir)}`,
  ];
  const traces = env["OTEL_EXPORTER_OTLP_ENDPOINT"];
  if (traces !== undefined) lines.push(`  traces                sent to ${traces}`);
  if (dataDir !== DEFAULT_DATA_DIR)
    lines.push(
      `  for npx inlet show    export DATABASE_URL='${env["DATABASE_URL"]}' KAFKA_BROKERS='${env["KAFKA_BROKERS"]}'`,
    );
  return [
    ...lines,
    "",
    "Or send one as your own program would (paste this):",
    ...curlExample(gateway).map((line) => `  ${line}`),
    "",
    "Ctrl-C ends everything. Data is kept for the next start.",
  ];
}

/** Where the logs are, as short as it can be said from here. */
export function getLogDir(dataDir: string): string {
  const full = path.join(dataDir, "logs");
  const near = path.relative(process.cwd(), full);
  return near.startsWith("..") ? full : near;
}

/** Signs with openssl what it sends with curl: the same that any sender's program does. */
function curlExample(gateway: string): string[] {
  const email =
    "From: Ana <ana@example.com>\\r\\nTo: sales@inlet.example\\r\\nSubject: Hello\\r\\n\\r\\nIs it still for sale?\\r\\n";
  return [
    `. config/demo.env; t=$(date +%s)`,
    `printf '${email}' > hello.eml`,
    `s=$({ printf '%s.' $t; cat hello.eml; } | openssl dgst -sha256 -hmac "$DEMO_RAW_MIME_SECRET" -r | cut -d' ' -f1)`,
    `curl -H "content-type: message/rfc822" -H "x-webhook-timestamp: $t" -H "x-webhook-signature: $s" \\`,
    `  --data-binary @hello.eml ${gateway}/v1/inbound/demo/raw-mime`,
  ];
}
