import { cutText } from "@inlet/schemas";
import type {
  ActivityChange,
  ActivityInput,
  CompanyInput,
  ContactInput,
  DealChange,
  DealInput,
  FileInput,
  TaskInput,
} from "../port.ts";
import { HTTP_LIMITS } from "./limits.ts";
import type { FieldValue } from "./template.ts";

/** The placeholders of each request, and how their values follow from what the sink hands over. */

/** In every write. `key` is the effect's unique key: address, conversation, email, or email and content of a file. */
const WRITE = ["tenant", "key", "idempotencyKey"] as const;

export const PLACEHOLDERS = {
  contact: [...WRITE, "email", "firstName", "lastName", "fullName", "companyId"],
  company: [...WRITE, "domain", "name"],
  deal: [...WRITE, "name", "contactId", "companyId", "tags", "pipeline", "stage"],
  activity: [
    ...WRITE,
    "subject",
    "text",
    "html",
    "at",
    "atMs",
    "fromEmail",
    "fromName",
    "to",
    "cc",
    "toEmails",
    "ccEmails",
    "messageId",
    "inReplyTo",
    "spamVerdict",
    "attachmentCount",
    "viewUrl",
    "contactId",
    "companyId",
    "dealId",
    "fileIds",
  ],
  task: [...WRITE, "title", "text", "dueAt", "dueAtMs", "priority", "contactId", "dealId"],
  dealUpdate: [...WRITE, "recordId", "pipeline", "stage", "addTags"],
  file: [...WRITE, "emailKey", "sha256", "filename", "contentType", "size", "contentBase64", "contactId", "dealId"],
  update: [...WRITE, "recordId", "subject", "text", "html", "contactId", "companyId", "dealId", "fileIds"],
  phone: ["tenant", "phone"],
  lookup: ["tenant", "key", "emailKey", "sha256"],
  read: ["tenant", "recordId"],
  header: ["tenant", "idempotencyKey"],
} as const;

/** Their values are lists, which have no text: they stand alone in their string. */
export const LISTS: ReadonlySet<string> = new Set(["tags", "to", "cc", "toEmails", "ccEmails", "fileIds", "addTags"]);

/** What every write has beside its own. */
type Own<Request extends "contact" | "company" | "deal" | "activity" | "task" | "dealUpdate" | "file" | "update"> =
  Record<Exclude<(typeof PLACEHOLDERS)[Request][number], (typeof WRITE)[number]>, FieldValue>;

export function contactFields({ email, companyId = null, ...named }: ContactInput): Own<"contact"> {
  const [firstName = null, lastName = null] = [named.firstName, named.lastName].map(cutName);
  const fullName = [firstName, lastName].filter((part) => part !== null && part !== "").join(" ");
  return { email, firstName, lastName, companyId, fullName: fullName === "" ? null : fullName };
}

export function companyFields({ domain, name }: Pick<CompanyInput, "domain" | "name">): Own<"company"> {
  return { domain, name: cutText(name, HTTP_LIMITS.name) };
}

export function dealFields({ contactId, companyId = null, tags, pipeline, stage, ...named }: DealInput): Own<"deal"> {
  const name = cutText(named.name, HTTP_LIMITS.subject);
  return { name, contactId, companyId, tags, pipeline, stage };
}

export function taskFields({ text, dueAt, priority, contactId, dealId, ...named }: TaskInput): Own<"task"> {
  const title = cutText(named.title, HTTP_LIMITS.subject);
  return { title, text, dueAt: new Date(dueAt).toISOString(), dueAtMs: dueAt, priority, contactId, dealId };
}

/** What does not change is left out of the request. */
export function dealChangeFields({ recordId, place, addTags }: DealChange): Own<"dealUpdate"> {
  return {
    recordId,
    stage: place?.stage,
    pipeline: place?.pipeline ?? undefined,
    addTags: addTags.length === 0 ? undefined : addTags,
  };
}

export function activityFields(input: ActivityInput): Own<"activity"> {
  const { text, html, messageId, inReplyTo, spamVerdict, attachmentCount } = input;
  const subject = cutText(input.subject, HTTP_LIMITS.subject);
  const [to, cc] = [cutPeople(input.to), cutPeople(input.cc)];
  const { contactId, companyId, dealId, fileIds } = input;
  return {
    subject,
    text,
    html,
    to,
    cc,
    messageId,
    inReplyTo,
    spamVerdict,
    attachmentCount,
    viewUrl: input.viewUrl ?? null,
    contactId,
    companyId,
    dealId,
    fileIds,
    at: new Date(input.at).toISOString(),
    atMs: input.at,
    fromEmail: input.from.email,
    fromName: cutName(input.from.name),
    toEmails: to.map(({ email }) => email),
    ccEmails: cc.map(({ email }) => email),
  };
}

export function fileFields({ key, contentType, bytes, contactId, dealId, ...named }: FileInput): Own<"file"> {
  const filename = cutFilename(named.filename);
  return {
    ...fileKeyFields(key),
    filename,
    contentType,
    size: bytes.length,
    contentBase64: bytes.toString("base64"),
    contactId,
    dealId,
  };
}

/** Its extension, by which it is opened, stays. */
function cutFilename(filename: string): string {
  const extension = /\.[A-Za-z0-9]{1,10}$/.exec(filename)?.[0] ?? "";
  const stem = filename.slice(0, filename.length - extension.length);
  return cutText(stem, HTTP_LIMITS.name - extension.length) + extension;
}

function cutName(name: string | null): string | null {
  return name === null ? null : cutText(name, HTTP_LIMITS.name);
}

function cutPeople(people: ActivityInput["to"]): ActivityInput["to"] {
  return people.slice(0, HTTP_LIMITS.people).map(({ email, name }) => ({ email, name: cutName(name) }));
}

/** A file's key is the email's and the content's. */
export function fileKeyFields(key: string): { emailKey: string; sha256: string } {
  const [emailKey = "", sha256 = ""] = key.split("/");
  return { emailKey, sha256 };
}

/** What is not to be changed is undefined, and so are associations to nothing: an update takes none away. */
export function updateFields({
  recordId,
  changed: { subject, text, html, contactId, companyId, dealId, fileIds },
}: ActivityChange): Own<"update"> {
  return {
    recordId,
    subject,
    text,
    html,
    fileIds,
    contactId: contactId ?? undefined,
    companyId: companyId ?? undefined,
    dealId: dealId ?? undefined,
  };
}
