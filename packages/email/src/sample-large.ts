/**
 * A message with one PDF attachment, about `sizeBytes` long as sent; made when needed, since 15 MB are too much in a
 * repository. The same size always gives the same bytes. The PDF is a valid one-page document padded by comments.
 */
export function makeLargeMail(sizeBytes: number): Buffer {
  const head = [
    "From: Lena Large <lena@builders.example.com>",
    "To: sales@inlet.example",
    "Subject: Drawings for the tender",
    "Date: Tue, 03 Mar 2026 10:15:00 +0100",
    "Message-ID: <drawings-1.sample@builders.example>",
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="large-1"',
    "",
    "--large-1",
    "Content-Type: text/plain; charset=utf-8",
    "",
    "Hello,",
    "",
    "here are the drawings. Could you send an offer by Friday?",
    "",
    "--large-1",
    'Content-Type: application/pdf; name="drawings.pdf"',
    'Content-Disposition: attachment; filename="drawings.pdf"',
    "Content-Transfer-Encoding: base64",
    "",
    "",
  ].join("\r\n");
  const tail = "\r\n--large-1--\r\n";
  // 76 characters and CRLF carry 57 bytes.
  const pdfBytes = Math.max(1_000, Math.floor(((sizeBytes - head.length - tail.length) * 57) / 78));
  const lines =
    makePdf(pdfBytes)
      .toString("base64")
      .match(/.{1,76}/g) ?? [];
  return Buffer.from(head + lines.join("\r\n") + tail, "latin1");
}

/** PDF 1.4 (ISO 32000): three objects, a cross-reference table, comments as padding before them. */
function makePdf(sizeBytes: number): Buffer {
  const line = "% drawn by none, kept for its length ........................\n";
  let pdf = "%PDF-1.4\n";
  pdf += line.repeat(Math.max(0, Math.floor((sizeBytes - 500) / line.length)));
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
  ];
  const offsets = objects.map((object, index) => {
    const offset = pdf.length;
    pdf += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const start = pdf.length;
  pdf += `xref\n0 4\n0000000000 65535 f \n${table}trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(pdf, "latin1");
}
