import { parse, type DefaultTreeAdapterTypes } from "parse5";

const RUNS = new Set([
  "script",
  "object",
  "embed",
  "applet",
  "base",
  "svg",
  "math",
  "template",
  "frame",
  "portal",
  "audio",
  "video",
]);

/** Elements and attributes of a document that run, load or lead where a page of ours does not. */
export function findActive(document: string, allowed: (element: DefaultTreeAdapterTypes.Element) => boolean): string[] {
  const found: string[] = [];
  const walk = (node: DefaultTreeAdapterTypes.Node): void => {
    if ("tagName" in node && !allowed(node)) {
      if (RUNS.has(node.tagName)) found.push(`<${node.tagName}>`);
      for (const { name, value } of node.attrs) {
        const active =
          name.startsWith("on") ||
          ["srcdoc", "formaction", "ping", "background", "srcset", "poster", "http-equiv", "autofocus"].includes(
            name,
          ) ||
          (["href", "src", "action"].includes(name) &&
            /^\s*(?:javascript|vbscript|data:(?!image\/(?:png|jpeg|gif|webp|bmp)[;,]|,)|\/\/)/i.test(value)) ||
          (name === "style" && /url\((?!cid:)|expression|position|@import/i.test(value));
        if (active) found.push(`<${node.tagName} ${name}=${value}>`);
      }
    }
    if ("childNodes" in node) for (const child of node.childNodes) walk(child);
  };
  walk(parse(document));
  return found;
}

function getAttribute({ attrs }: DefaultTreeAdapterTypes.Element, name: string): string {
  return attrs.find((each) => each.name === name)?.value ?? "";
}

/** What the console's own pages bring: their script. */
export function isOurs(element: DefaultTreeAdapterTypes.Element): boolean {
  return element.tagName === "script" && getAttribute(element, "src") === "/app.js" && element.childNodes.length === 0;
}
