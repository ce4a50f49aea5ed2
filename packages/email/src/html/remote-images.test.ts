import { expect, test } from "vitest";
import { sanitize } from "./html.ts";
import { countRemoteImages, rewriteRemoteImages, sanitizeAgain } from "./remote-images.ts";

const HTML = `<p>x</p><img src="https://t.example/a.png?u=1&amp;v=%22" alt="a"><img src="cid:logo"><img src="http://t.example/b"><img src="data:image/png;base64,AAAA">`;

test("remote images are counted, and shown from where the viewer says; the email's own are not touched", () => {
  const html = sanitize(HTML) ?? "";
  expect(countRemoteImages(html)).toBe(2);
  const asked: string[] = [];
  const shown = rewriteRemoteImages(html, (url) => {
    asked.push(url);
    return asked.length === 1 ? `/proxy/1?a&"b` : null;
  });
  expect(asked).toEqual(["https://t.example/a.png?u=1&v=%22", "http://t.example/b"]);
  expect(shown).toContain('src="/proxy/1?a&amp;&quot;b"');
  expect(shown).toContain('data-remote-src="http://t.example/b"');
  expect(shown).toContain('src="cid:logo"');
  expect(shown).toContain("data:image/png;base64,AAAA");
});

test("what was sanitized long ago is sanitized by today's rules, and loses nothing that these let through", () => {
  const html = sanitize(HTML) ?? "";
  expect(sanitizeAgain(html)).toBe(html);
  const forged = `<img data-remote-src="javascript:alert(1)"><img data-remote-src="https://t.example/a" onerror="alert(1)"><script>alert(1)</script><b>ok</b>`;
  const again = sanitizeAgain(forged) ?? "";
  expect(again).not.toMatch(/javascript|onerror|script/);
  expect(again).toContain('data-remote-src="https://t.example/a"');
  expect(again).toContain("<b>ok</b>");
});
