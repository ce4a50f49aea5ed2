import type { ContactReason, Header, Mailbox } from "@inlet/schemas";
import { isOwnDomain } from "@inlet/domain";
import { isAddress, parseAddresses } from "../headers/addresses.ts";
import { firstValue } from "../headers/header-fields.ts";
import type { BehindFrom } from "./contact-rules.ts";
import { isListAddress, readList } from "./list-address.ts";
import { addressInLocalPart, addressInSrs, holdsAddress, isRobotAddress, getLocalPart } from "./robot-address.ts";

/** Somebody behind From, and by what that is told. */
export interface Found {
  readonly via: BehindFrom;
  readonly mailbox: Mailbox;
  readonly reasons: readonly ContactReason[];
}

export interface Envelope {
  readonly from: Mailbox;
  readonly replyTo: readonly Mailbox[];
  readonly to: readonly Mailbox[];
  readonly headers: readonly Header[];
  /** `human`, or a class of automated mail. */
  readonly kind: string;
  /** Whether an address is one of the tenant's mailboxes, or of a domain of theirs. */
  readonly isOwnMailbox: (email: string) => boolean;
  readonly isOwn: (email: string) => boolean;
}

/** Fields by which services that forward name who wrote. Anybody can write them: beside From they are never enough. */
const ORIGINAL_FIELDS: readonly (readonly [string, ContactReason])[] = [
  ["X-Original-From", "x_original_from"],
  ["X-SimpleLogin-Original-From", "forwarder_header"],
  ["X-AnonAddy-Original-From-Header", "forwarder_header"],
  ["X-AnonAddy-Original-Sender", "forwarder_header"],
  ["Duck-Original-From", "forwarder_header"],
  ["X-Forwarded-From", "forwarder_header"],
  ["X-Original-Sender", "x_original_sender"],
];

interface Candidate {
  readonly mailbox: Mailbox;
  readonly reason: ContactReason;
}

/** The person behind a list's, group's, forwarder's or form's From, by rules that each need more than one sign; null where From is who writes. */
export function behindFrom(mail: Envelope): Found | null {
  return behindList(mail) ?? behindForwarder(mail) ?? behindForm(mail);
}

/** Whether fields name somebody else than From: told in the evidence where they are not trusted. */
export function namesSomebodyElse(mail: Envelope): boolean {
  return originals(mail).some(({ mailbox }) => !same(mailbox.email, mail.from.email));
}

/** From is the list's own address: then the list says who wrote. Its From is as good as its word, so nothing else needs to agree. */
function behindList(mail: Envelope): Found | null {
  const list = readList(mail.headers);
  if (list === null || !isListAddress(list, mail.from.email)) return null;
  const others = mail.replyTo.filter(({ email }) => !isListAddress(list, email) && !same(email, mail.from.email));
  const inLocal = addressInLocalPart(getLocalPart(mail.from.email));
  const found = originals(mail);
  const candidates: Candidate[] = [
    ...found.filter(({ reason }) => reason === "x_original_from"),
    ...(others.length === 1 ? [{ mailbox: others[0] as Mailbox, reason: "reply_to" as const }] : []),
    ...(inLocal !== null && isAddress(inLocal)
      ? [{ mailbox: { name: null, email: inLocal }, reason: "from_local_part" as const }]
      : []),
    ...found.filter(({ reason }) => reason === "x_original_sender"),
  ].filter(({ mailbox }) => !isListAddress(list, mailbox.email) && !same(mailbox.email, mail.from.email));
  const isGroup = list.isGoogleGroup || mail.isOwn(mail.from.email);
  return chosen(mail, isGroup ? "group" : "list", "from_is_list", candidates);
}

/**
 * A service that forwards puts itself into From. Its field and Reply-To name one person, and From is an address that programs write from; or
 * From's local part holds that person's address. From's name proves nothing: it is how senders pretend.
 */
function behindForwarder(mail: Envelope): Found | null {
  const robot = isRobotAddress(mail.from.email);
  const local = getLocalPart(mail.from.email);
  const answered = mail.replyTo.length === 1 ? (mail.replyTo[0] as Mailbox) : null;
  const rewritten = addressInSrs(local);
  // Who rewrites could name anybody; that answers are wanted there is the second sign.
  const inSrs =
    rewritten !== null && answered !== null && same(answered.email, rewritten)
      ? [{ mailbox: answered, reason: "from_local_part" as const }]
      : [];
  const candidates = [...inSrs, ...originals(mail)].filter(
    ({ mailbox }) =>
      !same(mailbox.email, mail.from.email) &&
      (holdsAddress(local, mailbox.email) ||
        same(mailbox.email, rewritten ?? "") ||
        (robot && answered !== null && same(answered.email, mailbox.email))),
  );
  const [first] = candidates;
  if (first === undefined || isRobotAddress(first.mailbox.email)) return null;
  const answers = answered !== null && same(answered.email, first.mailbox.email);
  return chosen(mail, "forwarder", robot ? "from_is_robot" : "from_local_part", [
    ...candidates,
    ...(answers ? [{ mailbox: answered, reason: "reply_to" as const }] : []),
  ]);
}

/** A form sends from an address of the web site, and asks to answer one person, who is of another domain. */
function behindForm(mail: Envelope): Found | null {
  if (mail.kind !== "human" && mail.kind !== "no_reply") return null;
  const sender = formSender(mail);
  const foreign = mail.replyTo.filter(({ email }) => isForeign(mail, email));
  const [person] = foreign;
  if (sender === null || person === undefined || foreign.length > 1 || isRobotAddress(person.email)) return null;
  return chosen(mail, "form", sender, [{ mailbox: person, reason: "reply_to" }]);
}

/** What web servers' programs write: mail from the own web site, whatever address it takes. */
const WEB_MAILER = /phpmailer|^php\/|swiftmailer|symfony|drupal|joomla|typo3|wordpress|nodemailer|contact ?form/i;
const WEB_FIELDS = ["X-PHP-Originating-Script", "X-PHP-Script", "X-WPCF7-Content-Type", "X-WPForms-Form"];

/** What makes From the address of a form; null where a person may be writing. */
export function formSender(mail: Envelope): ContactReason | null {
  const generated = /^auto-generated/i.test(firstValue(mail.headers, "Auto-Submitted") ?? "");
  if (isRobotAddress(mail.from.email) || (generated && !mail.isOwn(mail.from.email))) return "from_is_robot";
  const byWebServer =
    WEB_MAILER.test(firstValue(mail.headers, "X-Mailer") ?? "") ||
    WEB_FIELDS.some((name) => firstValue(mail.headers, name) !== null);
  const toItself = mail.to.some(({ email }) => same(email, mail.from.email));
  return mail.isOwnMailbox(mail.from.email) || (mail.isOwn(mail.from.email) && (generated || toItself || byWebServer))
    ? "from_is_own"
    : null;
}

function isForeign(mail: Envelope, email: string): boolean {
  return (
    !mail.isOwn(email) && getDomain(email) !== getDomain(mail.from.email) && !isOwnDomain(email, [mail.from.email])
  );
}

/** The first candidate, with the codes of all that name the same address. */
function chosen(mail: Envelope, via: BehindFrom, sign: ContactReason, candidates: readonly Candidate[]): Found | null {
  const [first] = candidates;
  if (first === undefined) return null;
  const { email } = first.mailbox;
  const agreeing = candidates.filter(({ mailbox }) => same(mailbox.email, email));
  const name = agreeing.map(({ mailbox }) => mailbox.name).find((each) => each !== null) ?? getName(mail.from, email);
  const reasons = [
    sign,
    ...agreeing.map(({ reason }) => reason),
    ...namedByFrom(mail.from, email),
    ...signedBy(mail, email),
  ];
  return { via, mailbox: { name, email }, reasons: [...new Set(reasons)] };
}

/** `'Nora Lind' via Sales`: the name that a list or forwarder keeps in From; none where it is an address, or a site's own. */
function getName(from: Mailbox, email: string): string | null {
  const via = /^['"]?(.{1,200}?)['"]?\s+(?:via|über|por|przez|через)\s.+$/iu.exec(from.name ?? "")?.[1]?.trim() ?? null;
  return via === null || via.includes("@") || same(via, email) ? null : via;
}

function namedByFrom(from: Mailbox, email: string): ContactReason[] {
  return (from.name ?? "").toLowerCase().includes(email.toLowerCase()) ? ["from_names_address"] : [];
}

/** Domains that the person's own server signed for (RFC 6376), or that the forwarder saw in the first From (RFC 8617). */
function signedBy(mail: Envelope, email: string): ContactReason[] {
  const domain = getDomain(email);
  const has = (name: string, pattern: RegExp): boolean =>
    mail.headers
      .filter((header) => header.name.toLowerCase() === name)
      .slice(0, 20)
      .some(({ value }) =>
        [...value.slice(0, 4_000).matchAll(pattern)].some(([, found]) => found?.toLowerCase() === domain),
      );
  return [
    ...(has("arc-authentication-results", /\bheader\.from\s*=\s*"?([^\s;"()]+)/gi) ? (["arc_domain"] as const) : []),
    ...(has("dkim-signature", /(?:^|[;\s])d\s*=\s*([^\s;]+)/gi) ? (["dkim_domain"] as const) : []),
  ];
}

function originals(mail: Envelope): Candidate[] {
  return ORIGINAL_FIELDS.flatMap(([name, reason]) => {
    const found = parseAddresses([firstValue(mail.headers, name) ?? ""]);
    return found.length === 1 ? [{ mailbox: found[0] as Mailbox, reason }] : [];
  });
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function getDomain(email: string): string {
  return email.slice(email.lastIndexOf("@") + 1).toLowerCase();
}
