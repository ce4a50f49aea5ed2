/** Which attachments a tenant lets through (UN3). Types are media types or `image/*`, extensions without a dot; all lower-case. */
export interface AttachmentRules {
  /** Bytes of one attachment. */
  readonly maxBytes: number;
  /** Bytes of all attachments of an email that are let through. */
  readonly maxTotalBytes: number;
  /** Only these; null for all that are not refused. */
  readonly allowedTypes: readonly string[] | null;
  readonly refusedTypes: readonly string[];
  readonly refusedExtensions: readonly string[];
  readonly archives: "allow" | "refuse";
}

/** Why an attachment is not let through; a closed set, named in the email's warnings. */
export type Refusal = "too_large" | "total_too_large" | "extension" | "type" | "disguised" | "archive" | "not_allowed";

/** What is asked of an attachment. */
export interface AttachmentFacts {
  readonly filename: string | null;
  readonly contentType: string;
  readonly sniffedType: string | null;
  readonly size: number;
}

const ARCHIVES = [
  "application/zip",
  "application/x-zip-compressed",
  "application/x-rar-compressed",
  "application/vnd.rar",
  "application/x-7z-compressed",
  "application/gzip",
  "application/x-gzip",
  "application/x-bzip2",
  "application/x-xz",
  "application/zstd",
  "application/x-tar",
  "application/lzip",
  "application/x-lzip",
  "application/vnd.ms-cab-compressed",
];
const ARCHIVE_EXTENSIONS = ["zip", "rar", "7z", "gz", "tgz", "bz2", "xz", "zst", "tar", "lz", "arj", "ace"];

/** Content that a program runs or a browser scripts, with the names under which people expect it. */
const ACTIVE: Readonly<Record<string, readonly string[]>> = {
  "text/html": ["htm", "html", "shtml", "xhtml", "xht", "mht", "mhtml", "xml", "txt", "eml"],
  "image/svg+xml": ["svg", "xml", "txt"],
  "text/x-shellscript": ["sh", "bash", "zsh", "py", "pl", "rb", "js", "mjs", "txt"],
  "application/x-msdownload": ["exe", "dll", "scr", "com", "sys", "ocx", "cpl", "pif"],
  "application/x-elf": ["elf", "so", "o", "bin", "run"],
  "application/x-mach-binary": ["dylib", "o", "bin"],
  "application/x-ms-shortcut": ["lnk"],
};
/** Types that promise nothing, so that active content under them deceives no one. */
const NEUTRAL = /^(?:application\/(?:octet-stream|xml|xhtml\+xml)|text\/|message\/|multipart\/)/;

/**
 * Why the tenant's rules refuse an attachment; null where they let it through. `usedBytes`: of the email's attachments that were let
 * through before. The last extension counts, as it does for the program that opens the file: `invoice.pdf.exe` is an exe.
 */
export function findRefusal(file: AttachmentFacts, rules: AttachmentRules, usedBytes: number): Refusal | null {
  const extension = getExtension(file.filename);
  const types = [file.contentType, file.sniffedType].filter((type) => type !== null);
  if (file.size > rules.maxBytes) return "too_large";
  if (usedBytes + file.size > rules.maxTotalBytes) return "total_too_large";
  if (extension !== null && rules.refusedExtensions.includes(extension)) return "extension";
  if (types.some((type) => matchesAny(type, rules.refusedTypes))) return "type";
  if (isDisguised(file, extension)) return "disguised";
  if (rules.archives === "refuse" && isArchive(types, extension)) return "archive";
  if (rules.allowedTypes !== null && !matchesAny(file.sniffedType ?? file.contentType, rules.allowedTypes))
    return "not_allowed";
  return null;
}

/** Lower-case and without dot; null where there is none. Windows drops dots and spaces at the end of a name. */
export function getExtension(filename: string | null): string | null {
  const name = (filename ?? "").replace(/(?<![. ])[. ]+$/, "");
  const dot = name.lastIndexOf(".");
  return dot === -1 || dot === name.length - 1 ? null : name.slice(dot + 1).toLowerCase();
}

/** Active content under a name or a type that promises something else: a page that asks for a password, named `invoice.pdf`. */
function isDisguised(file: AttachmentFacts, extension: string | null): boolean {
  const expected = ACTIVE[file.sniffedType ?? ""];
  if (expected === undefined) return false;
  if (extension !== null && !expected.includes(extension)) return true;
  return file.contentType !== file.sniffedType && !NEUTRAL.test(file.contentType);
}

function isArchive(types: readonly string[], extension: string | null): boolean {
  return (
    types.some((type) => ARCHIVES.includes(type)) || (extension !== null && ARCHIVE_EXTENSIONS.includes(extension))
  );
}

function matchesAny(type: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith("/*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern,
  );
}
