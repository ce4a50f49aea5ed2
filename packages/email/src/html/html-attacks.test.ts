import { parse, parseFragment, serialize } from "parse5";
import type { DefaultTreeAdapterTypes as Tree } from "parse5";
import { describe, expect, test } from "vitest";
import { HTML_ATTACKS } from "./html-attacks.ts";
import { sanitize } from "./html.ts";

/** UN4. What the sanitizer leaves is read by another parser, that of the HTML standard, as browsers read it. */
const HTML = "http://www.w3.org/1999/xhtml";
const TAGS = new Set(
  "html head body a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup data dd del dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q rp rt ruby s samp section small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr".split(
    " ",
  ),
);
const ATTRIBUTES = new Set(
  "align valign bgcolor color width height border cellpadding cellspacing colspan rowspan dir lang title face size style start type value href target rel src alt data-quote data-remote-src".split(
    " ",
  ),
);
const PROPERTY =
  /^(color|background-color|font(-\w+)?|text-\w+|line-height|letter-spacing|white-space|vertical-align|direction|(margin|padding)(-\w+)?|border(-\w+)*|(min-|max-)?(width|height)|list-style-type|display|table-layout)$/;

type Node = Tree.ChildNode | Tree.Document | Tree.DocumentFragment;

/** Everything in a tree that is more than letters and looks. */
function activeIn(node: Node): string[] {
  const below = "childNodes" in node ? node.childNodes.flatMap(activeIn) : [];
  if (node.nodeName === "#comment") return ["comment", ...below];
  if (!("tagName" in node)) return below;
  const { tagName, namespaceURI, attrs } = node;
  return [
    ...(namespaceURI === HTML && TAGS.has(tagName) ? [] : [`<${tagName}> of ${namespaceURI}`]),
    ...(tagName === "a" ? findLinkFaults(node) : []),
    ...attrs.flatMap(({ name, value }) => findAttributeFaults(tagName, name, value)),
    ...below,
  ];
}

function findAttributeFaults(tag: string, name: string, value: string): string[] {
  if (!ATTRIBUTES.has(name)) return [`attribute ${name}`];
  const checks: Readonly<Record<string, () => boolean>> = {
    // What no parser takes for an address (`https://`) leads nowhere.
    href: () =>
      tag === "a" &&
      /^(https?:\/\/|mailto:|tel:)/i.test(value) &&
      /^(https?|mailto|tel):$/.test(URL.parse(value)?.protocol ?? "tel:"),
    src: () => tag === "img" && /^(cid:|data:image\/(png|jpe?g|gif|webp|bmp);base64,)/.test(value),
    "data-remote-src": () => tag === "img" && /^https?:\/\//i.test(value),
    style: () => value.split(";").every(isSafeDeclaration),
    bgcolor: () => /^[#\w ]*$/.test(value),
  };
  const isSafe = checks[name]?.() ?? true;
  return isSafe ? [] : [`${tag} ${name}=${JSON.stringify(value)}`];
}

function isSafeDeclaration(declaration: string): boolean {
  const [property = "", ...value] = declaration.split(":");
  return (
    PROPERTY.test(property.trim()) &&
    !/[\\@{}<>]|\/\*|expression|url/i.test(value.join(":")) &&
    !/(?<!rgba?|hsla?)\(/i.test(value.join(":")) &&
    !(property.includes("margin") && value.join(":").includes("-"))
  );
}

function findLinkFaults({ attrs }: Tree.Element): string[] {
  const of = (name: string): string | undefined => attrs.find((each) => each.name === name)?.value;
  const isApart = of("target") === "_blank" && (of("rel") ?? "").split(" ").includes("noopener");
  return isApart && !(of("rel") ?? "").split(" ").includes("opener") ? [] : ["a link that reaches its opener"];
}

/** As a page, as part of one with scripts on and off, and what a browser would write of it read once more. */
function findFaults(safe: string): string[] {
  const fragment = parseFragment(safe);
  const written = serialize(fragment);
  const again = parseFragment(written);
  return [
    ...activeIn(parse(`<!doctype html>${safe}`)),
    ...activeIn(fragment),
    ...activeIn(parseFragment(safe, { scriptingEnabled: false })),
    ...activeIn(again),
    ...(serialize(again) === written ? [] : ["changes when it is read again"]),
  ];
}

describe.each(Object.entries(HTML_ATTACKS))("%s", (_name, attacks) => {
  test.each(attacks)("%s", (attack) => {
    const safe = sanitize(`<p>before</p>${attack}<p>after</p>`) ?? "";
    expect(findFaults(safe)).toEqual([]);
    expect(safe).toContain("<p>before</p>");
    expect(findFaults(sanitize(attack) ?? "")).toEqual([]);
  });
});

/** Mulberry32: the same sequence on every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

test("attacks cut, joined and nested in any way leave nothing either", () => {
  const attacks = Object.values(HTML_ATTACKS).flat();
  const wrappers = [
    "<svg>",
    "<math>",
    "<table>",
    "<select>",
    "<style>",
    "<noscript>",
    "<p title='",
    "<!--",
    "<a href='",
    "<b>",
  ];
  const next = random(20_261_124);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const found: { html: string; faults: string[] }[] = [];
  for (let run = 0; run < 4_000; run++) {
    let html = "";
    for (let part = 0; part < 4; part++) {
      const attack = pick(attacks);
      const [from, to] = [next(), next()].toSorted((a, b) => a - b).map((at) => Math.floor(at * attack.length * 1.3));
      html += next() < 0.5 ? pick(wrappers) : attack.slice(from, to);
    }
    const faults = findFaults(sanitize(html) ?? "");
    if (faults.length > 0) found.push({ html, faults });
  }
  expect(found.slice(0, 5)).toEqual([]);
});

test("planted: the check sees what it must see", () => {
  const planted: [string, RegExp][] = [
    ["<svg></svg>", /svg/],
    ["<b id=x>", /attribute id/],
    ["<a href='java&#10;script:x' target=_blank rel=noopener>x</a>", /href/],
    ["<a href='/x' target=_blank rel=noopener>x</a>", /href/],
    ["<a href='https://a.example'>x</a>", /opener/],
    ["<img src='https://a.example/t'>", /src/],
    ["<p style='color: red; background: url(x)'>", /style/],
    ["<!-- x -->", /comment/],
    ["<table><a target=_blank rel=noopener href=https://a.example><table><b onclick=x>", /onclick/],
  ];
  for (const [html, fault] of planted) expect(findFaults(html).join()).toMatch(fault);
});
