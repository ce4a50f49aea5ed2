/** Emails to measure with: the same bytes each run, shaped like real mail. */

const LINE = "Thank you for the offer; the second half of it is what we have been looking for since spring.";

/** A plain text email of exactly `size` bytes (at least 400), told apart by its Message-ID. */
export function plainMail(id: string, size: number): Buffer {
  const head = `From: Sender <sender@example.com>\r
To: sales@inlet.example\r
Subject: A measured email\r
Date: Mon, 23 Nov 2026 10:00:00 +0000\r
Message-ID: <${id}@example.com>\r
MIME-Version: 1.0\r
Content-Type: text/plain; charset=utf-8\r
\r
`;
  return Buffer.from(head + filler(size - head.length));
}

/** Text and html alternatives of about `size` bytes, html quoted-printable and three times the text, as mail programs write them. */
export function alternativeMail(size: number): Buffer {
  const text = filler(Math.floor(size / 4));
  const row = `<p style=3D"margin:0 0 12px">${LINE}</p>\r\n`;
  const html = row.repeat(Math.floor((size - text.length) / row.length));
  return multipart("alternative", [
    `Content-Type: text/plain; charset=utf-8\r\n\r\n${text}`,
    `Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<html><body>\r\n${html}</body></html>`,
  ]);
}

/** A short text with one attachment of bytes that do not compress, so that the whole is about `size` bytes. */
export function attachmentMail(size: number): Buffer {
  const content = Buffer.alloc(Math.floor((size * 57) / 78));
  let state = 1;
  for (let at = 0; at + 4 <= content.length; at += 4) {
    // A linear congruential generator (Numerical Recipes): fast, and the same bytes each run.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    content.writeUInt32LE(state, at);
  }
  const base64 = content.toString("base64").replaceAll(/.{76}/g, "$&\r\n");
  return multipart("mixed", [
    `Content-Type: text/plain; charset=utf-8\r\n\r\n${filler(2000)}`,
    `Content-Type: application/pdf; name=offer.pdf\r\nContent-Disposition: attachment; filename=offer.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64}`,
  ]);
}

function multipart(kind: string, parts: readonly string[]): Buffer {
  return Buffer.from(`From: Sender <sender@example.com>\r
To: sales@inlet.example\r
Subject: A measured email\r
Date: Mon, 23 Nov 2026 10:00:00 +0000\r
Message-ID: <${kind}@example.com>\r
MIME-Version: 1.0\r
Content-Type: multipart/${kind}; boundary=part\r
\r
${parts.map((part) => `--part\r\n${part}\r\n`).join("")}--part--\r
`);
}

function filler(length: number): string {
  const line = `${LINE}\r\n`;
  return line.repeat(Math.ceil(length / line.length)).slice(0, length);
}
