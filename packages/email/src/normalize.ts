import { recipientsIn } from "@inlet/mailboxes";
import type { MailboxRules } from "@inlet/mailboxes";
import type { BlobRef, Envelope, NormalizedEvent, SourceInfo } from "@inlet/schemas";
import { readOurAddresses } from "./headers/address-tags.ts";
import { chooseContact } from "./contact/choose-contact.ts";
import type { ContactRules } from "./contact/contact-rules.ts";
import { identify } from "./ids.ts";
import { readList } from "./contact/list-address.ts";
import { gradeLoop } from "./classify/detect-loop.ts";
import type { EmailContent } from "./port.ts";

/** What the delivery knows and the bytes do not. */
export interface NormalizeContext {
  readonly eventId: string;
  readonly tenantId: string;
  readonly lane: string;
  /** Epoch ms, the gateway's. */
  readonly receivedAt: number;
  /** Epoch ms. */
  readonly parsedAt: number;
  readonly source: SourceInfo;
  /** The gateway's envelope; null where it knows none, then the one that the content brought counts. */
  readonly envelope: Envelope | null;
  readonly mailboxes: readonly MailboxRules[];
  /** Addresses that stand for the tenant's own where no mailboxes are known. */
  readonly ownAddresses?: readonly string[];
  /** Whom the tenant wants for the contact; by default the person behind From. */
  readonly contactRules?: ContactRules;
  readonly rawRef: NormalizedEvent["rawRef"];
  /** Where attachments were stored, by their sha256. */
  readonly blobs: ReadonlyMap<string, BlobRef>;
}

/** The normalized email of a parsed one (docs/concepts/protocol.md, section 12), bodies inline. Pure. */
export function normalize(content: EmailContent, context: NormalizeContext): NormalizedEvent {
  const { dateAsSent: _date, conversationRoot: _root, forwarded: _forwarded, attachments, ...email } = content;
  const envelope = context.envelope ?? content.envelope;
  const ours = readOurAddresses({ ...content, envelope }, context.mailboxes);
  const ownGroup = gradeOwnGroup(content, context.mailboxes);
  const { contact, reply } = chooseContact(content, {
    mailboxes:
      context.ownAddresses === undefined
        ? context.mailboxes
        : [{ name: "own", addresses: context.ownAddresses.map((address) => address.toLowerCase()) }],
    ...(context.contactRules === undefined ? {} : { rules: context.contactRules }),
    mailbox: ours.mailbox,
    kind: ownGroup.kind,
  });
  return {
    ...email,
    ...reply,
    contact,
    eventId: context.eventId,
    tenantId: context.tenantId,
    lane: context.lane,
    receivedAt: context.receivedAt,
    parsedAt: context.parsedAt,
    source: context.source,
    envelope,
    ...identify(context.tenantId, content),
    ...ours,
    classification: gradeLoop({ ...content, classification: ownGroup }, context.mailboxes),
    attachments: attachments.map(({ bytes: _bytes, downloadUrl: _url, ...file }) => ({
      ...file,
      blob: context.blobs.get(file.sha256) ?? null,
    })),
    rawRef: context.rawRef,
  };
}

/** A group address that is our own mailbox (support@ run as a mailing list) marks people's mail as a list's post. */
function gradeOwnGroup(content: EmailContent, mailboxes: readonly MailboxRules[]): EmailContent["classification"] {
  const { classification } = content;
  if (classification.kind !== "mailing_list") return classification;
  const list = readList(content.headers);
  const recipients = recipientsIn(mailboxes);
  // Google Groups without posting by email name the group in Mailing-List and List-ID alone.
  const inId = mailboxes
    .flatMap(({ addresses }) => addresses)
    .filter((address) => !address.startsWith("*") && list?.id === address.toLowerCase().replace("@", "."));
  const own = [...(list?.addresses ?? []), ...inId].some((address) => {
    const reached = recipients.find(address);
    // A whole domain says nothing of the group: its own lists are there too.
    return reached?.kind === "mailbox" && !reached.rule.startsWith("*@");
  });
  return own ? { kind: "human", reasons: [...classification.reasons, "list_is_own_mailbox"] } : classification;
}
