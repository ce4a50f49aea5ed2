import libmime from "libmime";

/** Joins the lines of format=flowed text (RFC 3676): soft breaks, space-stuffing, quote depth; `delsp` drops the blanks. */
export function unflow(text: string, params: Readonly<Record<string, string>>): string {
  if (params["format"]?.trim().toLowerCase() !== "flowed") return text;
  return libmime.decodeFlowed(text, params["delsp"]?.trim().toLowerCase() === "yes");
}
