import type { Line } from "./lines.ts";
import { HEADER_LABELS } from "./words.ts";
import type { Role } from "./words.ts";

/** The roles of each label over all languages: `de` is from in French, `data` a date in four. */
const ROLES: ReadonlyMap<string, ReadonlySet<Role>> = rolesByLabel();
/** Lines that a block may span: fields, folded lines, blank lines between fields. */
const REACH = 16;
const LABELLED = /^(?:\[)?([\p{L}\p{M}][\p{L}\p{M}.'’/ _-]{0,28}?)\s?[:：]\s?(.*)$/u;
const ADDRESS = /@|\bmailto:/;

interface Labelled {
  readonly roles: ReadonlySet<Role>;
  readonly value: string;
}

/**
 * Whether a header block of a quoted message begins on this line (`From: …`, `Sent: …`), and its last line. Three fields
 * make one, or two of which one is a sender with an address or a date with a digit; a sentence that begins with
 * `From:` does not.
 */
export function headerBlockAt(lines: readonly Line[], start: number): number | null {
  if (isBlock(fieldsOnOneLine(lines[start]?.key ?? ""))) return start;
  const first = labelled(lines[start]);
  if (first === null || !["from", "date", "to", "subject", "cc"].some((role) => first.roles.has(role as Role)))
    return null;
  const fields = [first];
  let last = start;
  let folded = 0;
  for (let at = start + 1; at < lines.length && at <= start + REACH; at += 1) {
    const line = lines[at] as Line;
    const field = labelled(line);
    if (field !== null) {
      fields.push(field);
      last = at;
      folded = 0;
    } else if (line.kind === "blank") {
      if (labelled(lines[at + 1]) === null) break;
    } else if ((folded += 1) > 3 || line.kind === "quoted") break;
  }
  return isBlock(fields) ? last : null;
}

/** Labels that a line may hold. */
const MOST_ON_A_LINE = 8;
/** One to three words in front of a colon, behind a blank. */
const LABEL_INSIDE = /(?:^|\s)((?:[\p{L}\p{M}.'’/-]{1,24}\s){0,2}[\p{L}\p{M}.'’/-]{1,24})\s?[:：]\s/gu;

/** `-----Original Message----- From: …`. */
const TITLE_IN_FRONT = /^[-–—_=]{2,60}\s?[^-–—_=:]{1,60}?\s?[-–—_=]{2,60}\s{0,4}/;

/** `From: … Sent: … To: … Subject: …`: a program that makes one line of the block. */
function fieldsOnOneLine(line: string): Labelled[] {
  if (!line.includes(":") && !line.includes("：")) return [];
  const key = line.replace(TITLE_IN_FRONT, "");
  const found: { roles: ReadonlySet<Role>; from: number; to: number }[] = [];
  for (const match of key.matchAll(LABEL_INSIDE)) {
    if (found.length >= MOST_ON_A_LINE) break;
    const words = (match[1] as string).split(" ");
    // The longest label that is known: of `example> gesendet` the last word.
    const known = words.map((_, index) => words.slice(index).join(" ")).find((label) => ROLES.has(label));
    const roles = known === undefined ? undefined : ROLES.get(known);
    if (roles !== undefined) found.push({ roles, from: match.index, to: match.index + match[0].length });
  }
  if (found.length < 3 || found[0]?.from !== 0) return [];
  return found.map(({ roles, to }, index) => ({ roles, value: key.slice(to, found[index + 1]?.from) }));
}

/** Whether the line is one field of a header block. */
export function isHeaderField(line: Line | undefined): boolean {
  return labelled(line) !== null;
}

/** Whether the line names a sender with an address: below a rule it needs no other field. */
export function isSenderField(line: Line | undefined): boolean {
  const field = labelled(line);
  return field !== null && field.roles.has("from") && ADDRESS.test(field.value);
}

function isBlock(fields: readonly Labelled[]): boolean {
  const has = (role: Role): boolean => fields.some((field) => field.roles.has(role));
  const roles = new Set(fields.flatMap((field) => [...field.roles].slice(0, 1)));
  if (roles.size < 2 || fields.length < 2) return false;
  const from = fields.some((field) => field.roles.has("from") && ADDRESS.test(field.value));
  const date = fields.some((field) => field.roles.has("date") && /\d/.test(field.value));
  // A form that asks `From`, `To` and `Date` of a journey has neither subject nor address.
  if (fields.length >= 3 && has("from")) return has("subject") || fields.some((field) => ADDRESS.test(field.value));
  // Lotus Notes writes sender and date above, without labels.
  if (fields.length >= 3 && has("to") && has("subject") && (date || has("cc"))) return true;
  if (has("from")) return (from && (date || has("to") || has("subject"))) || (date && has("from"));
  return date && fields.some((field) => field.roles.has("to") && ADDRESS.test(field.value));
}

function labelled(line: Line | undefined): Labelled | null {
  if (line === undefined || line.kind !== "words" || line.key === "") return null;
  const match = LABELLED.exec(line.key);
  if (match === null) return null;
  const roles =
    ROLES.get((match[1] as string).replace(/[\s　]+/g, " ").trim()) ??
    ROLES.get((match[1] as string).replace(/[\s　]+/g, ""));
  return roles === undefined ? null : { roles, value: match[2] as string };
}

function rolesByLabel(): Map<string, Set<Role>> {
  const found = new Map<string, Set<Role>>();
  for (const labels of Object.values(HEADER_LABELS)) {
    for (const [role, names] of Object.entries(labels) as [Role, readonly string[]][]) {
      for (const name of names) found.set(name, (found.get(name) ?? new Set<Role>()).add(role));
    }
  }
  return found;
}
