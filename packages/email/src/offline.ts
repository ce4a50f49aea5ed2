import type { MailboxRules } from "@inlet/mailboxes";
import { buildEventId, SHARED_LANE } from "@inlet/schemas";
import type { NormalizedEvent } from "@inlet/schemas";
import type { ContactRules } from "./contact/contact-rules.ts";
import { normalize } from "./normalize.ts";
import { emailsInMbox } from "./mime/not-email.ts";
import { parseMime } from "./parse-mime.ts";
import { parseSignedJson } from "./parse-signed-json.ts";
import type { EmailContent, JsonParseResult, ParseFault } from "./port.ts";
import { mimeContent } from "@inlet/domain";

const TENANT = "offline";
const MBOX = (emails: number): string =>
  `message: an mbox with ${emails} emails, not one; split it (\`git mailsplit -oDIR FILE\`) and give each by itself`;

export interface OfflineError {
  readonly file: string;
  readonly error: ParseFault;
}

export interface OfflineContext {
  readonly file: string;
  /** Epoch ms. */
  readonly now: number;
  /** Without them every subaddress in To and Cc counts as a tag. */
  readonly mailboxes?: readonly MailboxRules[];
  /** Whose ids the email gets; by default those of no tenant. */
  readonly tenantId?: string;
  readonly contactRules?: ContactRules;
  /** The address that the email is handed to, in place of what it says itself. */
  readonly recipient?: string;
}

/**
 * What `inlet parse` prints for one file: the normalized email (docs/concepts/protocol.md, section 12), bodies inline, attachments without
 * bytes, or the fault. A file named `*.json` is read as signed JSON, any other as MIME. Ids are those of tenant
 * `offline`. Never throws.
 */
export async function describeOffline(
  bytes: Uint8Array,
  context: OfflineContext,
): Promise<NormalizedEvent | OfflineError> {
  const isJson = /\.json$/i.test(context.file);
  const emails = isJson ? 1 : emailsInMbox(bytes);
  if (emails > 1) return { file: context.file, error: { code: "unreadable_mime", message: MBOX(emails) } };
  const result: JsonParseResult = isJson ? await parseSignedJson(bytes) : withoutSource(await parseMime(bytes));
  if (!result.ok) return { file: context.file, error: result.fault };
  const { email, source } = result;
  const recipients = (email.envelope?.to ?? []).toSorted().join(",");
  const deliveryKey = source.eventId ?? `${mimeContent(bytes)} ${recipients}`;
  const { tenantId = TENANT } = context;
  return normalize(email, {
    eventId: buildEventId(tenantId, "file", deliveryKey),
    tenantId,
    lane: SHARED_LANE,
    receivedAt: context.now,
    parsedAt: context.now,
    source: { name: "file", kind: isJson ? "signed-json" : "raw-mime", deliveryId: null, ...source },
    envelope: context.recipient === undefined ? null : { from: email.envelope?.from ?? null, to: [context.recipient] },
    mailboxes: context.mailboxes ?? [],
    ...(context.mailboxes === undefined ? { ownAddresses: getEmailRecipients(email, context.recipient) } : {}),
    ...(context.contactRules === undefined ? {} : { contactRules: context.contactRules }),
    rawRef: null,
    blobs: new Map(),
  });
}

/** Without a tenant's mailboxes, whom the email was sent to stands for them: a sender of that domain is a colleague. */
function getEmailRecipients(email: EmailContent, recipient: string | undefined): string[] {
  const [first] = email.to;
  return recipient !== undefined ? [recipient] : (email.envelope?.to ?? (first === undefined ? [] : [first.email]));
}

/** `describeOffline` at a fixed time, for tests and comparisons: the same bytes always give the same JSON. */
export async function parseFile(bytes: Uint8Array, file: string): Promise<NormalizedEvent | OfflineError> {
  return await describeOffline(bytes, { file, now: 0 });
}

function withoutSource(result: Awaited<ReturnType<typeof parseMime>>): JsonParseResult {
  return result.ok ? { ...result, source: { eventId: null, receivedAt: null } } : result;
}
