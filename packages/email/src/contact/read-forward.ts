import { withoutLabels } from "@inlet/schemas";
import type { Mailbox } from "@inlet/schemas";
import { parseAddresses } from "../headers/addresses.ts";
import { readAuthors } from "../headers/author.ts";
import { joinTextParts } from "../mime/body-text.ts";
import { decodeFields, rawValues } from "../headers/header-fields.ts";
import { readHeaderBlock } from "../headers/header-block.ts";
import { sanitize } from "../html/html.ts";
import { readSafeHtmlText } from "../html/html-text.ts";
import { TRUNCATION_LIMITS } from "../limits.ts";
import { readTree } from "../mime/read-tree.ts";
import { extractReply } from "../reply/reply-text.ts";
import type { ReplyAndSignature } from "../reply/reply-text.ts";
import { headerBlockAt, isSenderField } from "../reply/find-header-block.ts";
import { readLines } from "../reply/lines.ts";
import type { Line } from "../reply/lines.ts";

/** An email that another one forwards: one of a chain, the outermost first. */
export interface ForwardedEmail {
  readonly from: Mailbox;
  readonly how: "forwarded_inline" | "forwarded_attached";
  /** Its new words and signature, as of an email of its own. */
  readonly reply: ReplyAndSignature;
}

/** What mail programs put before the subject of a forward, by language; others of their prefixes stand before answers. */
const SUBJECT =
  /^(?:fwd?|wg|weitergeleitet|tr|rv|reenv(?:iado)?|enc|i|inoltro|doorst|vb|vl|videre|vs|fs|pd|przekazano|fw|předáno|továbbítás|redir|ilt|yml|redirec[țţ]ionat|redir|i̇lt|trs|πρθ|пересл|препр|הועבר|إعادة توجيه|转发|轉寄|轉發|転送|전달)(?:\s?\[\d{1,3}\])?\s{0,3}[:：]/iu;
/** The line by which a mail program begins a forwarded message. */
const SEPARATOR =
  /^[-–—_=\s>]{0,60}(?:begin(?:ning)? (?:of )?forwarded message|start of forwarded message|forwarded (?:message|e-?mail|by)|(?:anfang der )?weitergeleitete (?:nachricht|e-?mail)|(?:début du )?message (?:transféré|réexpédié)|(?:inicio del )?mensaje reenviado|(?:inizio )?messaggio inoltrato|(?:início da )?mensagem (?:reencaminhada|encaminhada)|doorgestuurd bericht|vidarebefordrat (?:meddelande|brev)|videresendt (?:meddelelse|besked|melding)|välitetty viesti|(?:początek )?przekazan(?:ej|a) wiadomoś(?:ci|ć)|(?:přeposlaná|přeposílaná) zpráva|továbbított (?:üzenet|levél)|mesaj redirecționat|пересылаемое сообщение|переслане повідомлення|iletilen (?:ileti|mesaj)|προωθημένο μήνυμα|转发的?邮件|轉寄的?郵件|転送(?:された)?メッセージ|전달된 메시지)/iu;
/** Header blocks that are looked into: an email forwarded from hand to hand has several. */
const MOST = 5;
/** A letter with an email attached to it is no forward of that email. */
const NOTE_CHARS = 1_500;
const MOST_LINES = 3_000;

interface Outer {
  readonly subject: string | null;
  readonly text: string | null;
  readonly files: readonly {
    readonly contentType: string;
    readonly filename: string | null;
    readonly bytes: Uint8Array | null;
  }[];
}

/** The emails that this one forwards, inline or attached: Outlook, Gmail, Apple Mail and their kin. Empty where it is no forward. */
export async function readForwarded(mail: Outer): Promise<ForwardedEmail[]> {
  const title = (mail.subject ?? "").slice(0, 300);
  // Naver writes `[FW]`, which looks like a label.
  const subject = SUBJECT.test(withoutLabels(title).toLowerCase()) || /^\s*\[fwd?\]/i.test(title);
  const inline = mail.text === null ? [] : readInline(mail.text.slice(0, TRUNCATION_LIMITS.replyChars), subject);
  if (inline.length > 0) return inline;
  // Programs that do not know the type go by the name.
  const attached = mail.files.filter(
    ({ contentType, filename }) =>
      contentType === "message/rfc822" ||
      (contentType === "application/octet-stream" && /\.eml$/i.test(filename ?? "")),
  );
  const [only] = attached;
  if (only?.bytes == null || attached.length > 1 || (mail.text ?? "").length > NOTE_CHARS) return [];
  const read = await readAttached(only.bytes);
  return read === null ? [] : [read];
}

function readInline(text: string, bySubject: boolean): ForwardedEmail[] {
  const all = text.split("\n", MOST_LINES);
  const separator = all.findIndex((line) => line.length < 200 && SEPARATOR.test(line));
  if (separator === -1 && !bySubject) return [];
  const found: ForwardedEmail[] = [];
  // Apple Mail quotes what it forwards.
  const bare = [...unglued(all[separator] ?? ""), ...all.slice(separator + 1)].map((line) =>
    line.replace(/^\s{0,3}> ?/, ""),
  );
  const lines = readLines(bare.join("\n"));
  for (let at = 0; at < lines.length && found.length < MOST; at += 1) {
    const last = headerBlockAt(lines, at);
    if (last === null) continue;
    const from = senderIn(lines.slice(at, last + 1));
    const body = lines
      .slice(last + 1)
      .map((line) => line.text)
      .join("\n")
      .trim();
    if (from !== null && body !== "")
      found.push({
        from,
        how: "forwarded_inline",
        reply: extractReply({ text: body, textOfHtml: null, html: null, from }),
      });
    at = last;
  }
  return found;
}

/** The one mailbox of a header block's sender line: `Otto <otto@x>`, `Otto [mailto:otto@x]`, `Otto (otto@x)`. */
function senderIn(block: readonly Line[]): Mailbox | null {
  const line = block.find(isSenderField)?.text;
  if (line === undefined) return null;
  const value = line
    .slice(line.search(/[:：]/) + 1)
    .replaceAll("*", "")
    .replace(/[[(<]\s?mailto:([^\s\])>]{3,320})[\])>]/gi, "<$1>")
    .replace(/\(([^\s()@]{1,64}@[^\s()]{1,255})\)/g, "<$1>")
    .trim();
  const found = parseAddresses([value]);
  const addresses = new Set(found.map(({ email }) => email.toLowerCase()));
  return addresses.size === 1 ? (found[0] as Mailbox) : null;
}

/** The author and words of an attached message; null where it has none that can be read. */
async function readAttached(bytes: Uint8Array): Promise<ForwardedEmail | null> {
  try {
    const header = readHeaderBlock(bytes);
    if (header === null) return null;
    const tree = await readTree(header);
    const [from] = readAuthors(rawValues(decodeFields(header.fields, tree.charset), "From"));
    if (from === undefined) return null;
    const { text, html } = joinTextParts(tree.texts);
    const safe = html === null ? null : sanitize(html);
    const textOfHtml = text === null && safe !== null ? readSafeHtmlText(safe) : null;
    return { from, how: "forwarded_attached", reply: extractReply({ text, textOfHtml, html: safe, from }) };
  } catch {
    // It is a file in any case; what breaks in it is not the outer email's fault.
    return null;
  }
}

/** Yahoo's app for phones writes the separator and the whole header block on one line: `----- Forwarded Message ----- From: Otto <…>To: …`. */
function unglued(line: string): string[] {
  const behind = line
    .slice(0, 2_000)
    .replace(SEPARATOR, "")
    .replace(/^[\s\-–—_=]{1,60}/, "");
  if (behind === line || !/^From: .{3,400}To: .{3,400}Subject: /.test(behind)) return [];
  return behind.split(/(?<=[\s\S])(?=(?:To|Cc|Sent|Date|Subject): )/);
}
