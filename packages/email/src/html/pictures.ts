import type { AttachmentSource } from "../attachments/attachments.ts";

/** Finds the picture of the mail itself that an address in its html means. */
export interface Pictures {
  /** The files, with a content id for those that were shown by an address only. */
  readonly files: () => readonly AttachmentSource[];
  /** The content id of the file that lies at an address (`page.png`, `http://shop.example/page.png`); null where none does. */
  readonly cidAt: ((address: string) => string | null) | null;
  /** Content ids that `cidAt` gave. */
  readonly shown: ReadonlySet<string>;
}

const LONGEST = 2_000;

/**
 * RFC 2557: html may name a part by its Content-Location instead of `cid:`, whole or below the html's own location; fax and scan gateways
 * name a picture by its content id or file name alone. What only an address names gets a content id, so that one way shows them all.
 */
export function findPictures(given: readonly AttachmentSource[], htmlLocation: string | null): Pictures {
  const at = new Map<string, string>();
  const taken = new Set(given.map(({ contentId }) => contentId));
  const put = (address: string | null | undefined, cid: string): void => {
    if (address == null || address === "" || address.length > LONGEST) return;
    if (!at.has(address)) at.set(address, cid);
    const whole = wholeAddress(address, htmlLocation);
    if (whole !== null && !at.has(whole)) at.set(whole, cid);
  };
  const ids = given.map((file) => {
    if (file.contentId !== null) return file.contentId.replace(/^<|>$/g, "").trim();
    return (file.contentLocation ?? null) !== null || isNamedPicture(file) ? mint(file, taken) : null;
  });
  for (const [index, id] of ids.entries()) if (id !== null) put(given[index]?.contentLocation, id);
  for (const [index, id] of ids.entries()) {
    const file = given[index];
    if (id === null || file === undefined || !isPicture(file)) continue;
    put(id, id);
    put(file.filename, id);
  }
  const shown = new Set<string>();
  const cidAt = (address: string): string | null => {
    const found =
      at.get(address) ??
      at.get(decoded(address)) ??
      at.get(decoded(address).replace(/\s+/g, "")) ??
      at.get(wholeAddress(address, htmlLocation) ?? "") ??
      null;
    if (found !== null) shown.add(found);
    return found;
  };
  const files = (): AttachmentSource[] =>
    given.map((file, index) => {
      const id = ids[index] ?? null;
      return file.contentId === null && id !== null && shown.has(id) ? { ...file, contentId: id } : file;
    });
  return { files, cidAt: at.size === 0 ? null : cidAt, shown };
}

function isPicture({ contentType }: AttachmentSource): boolean {
  return /^image\//i.test(contentType ?? "");
}

function isNamedPicture(file: AttachmentSource): boolean {
  return isPicture(file) && file.filename !== null;
}

function mint(file: AttachmentSource, taken: Set<string | null>): string {
  const last = (file.contentLocation ?? file.filename ?? "").split(/[/?#\\]/).findLast((piece) => piece !== "") ?? "";
  const base = last.replace(/[^A-Za-z0-9._-]/g, "_").slice(-100) || "picture";
  let id = base;
  for (let count = 2; taken.has(id); count += 1) id = `${count}-${base}`;
  taken.add(id);
  return id;
}

function wholeAddress(address: string, base: string | null): string | null {
  const url = URL.parse(address, base !== null && /^https?:/i.test(base) ? base : "http://relative.invalid/");
  return url === null || !/^https?:$/.test(url.protocol) ? null : url.href;
}

function decoded(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}
