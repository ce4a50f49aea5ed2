import { expect, test } from "vitest";
import { activityProperties, fitHtml, fitText, htmlWithoutLink, textWithoutLink } from "./activity-properties.ts";

const INPUT = {
  key: "eml_1",
  subject: "Angebot",
  text: "Hallo",
  html: null,
  at: Date.UTC(2026, 0, 2, 3, 4, 5),
  from: { email: "mara@example.com", name: "Mara Elena Núñez" },
  to: [{ email: "sales@inlet.example", name: null }],
  cc: [],
  messageId: "m1@example.com",
  inReplyTo: null,
  spamVerdict: "pass",
  attachmentCount: 2,
  contactId: "1",
  companyId: null,
  dealId: null,
  fileIds: ["7", "8"],
};

test("every value is a string, what is null is left out, headers have HubSpot's shape", () => {
  const properties = activityProperties(INPUT, "demo");
  expect(Object.values(properties).every((value) => typeof value === "string")).toBe(true);
  expect(properties).toMatchObject({
    hs_timestamp: "2026-01-02T03:04:05.000Z",
    hs_attachment_ids: "7;8",
    inlet_attachment_count: "2",
    inlet_tenant: "demo",
  });
  expect(properties).not.toHaveProperty("hs_email_html");
  expect(properties).not.toHaveProperty("inlet_in_reply_to");
  expect(JSON.parse(properties["hs_email_headers"] ?? "")).toEqual({
    from: { email: "mara@example.com", firstName: "Mara Elena", lastName: "Núñez" },
    to: [{ email: "sales@inlet.example" }],
    cc: [],
    bcc: [],
  });
});

test("text that is too long is cut and says so, no character torn", () => {
  expect(fitText("Hallo")).toBe("Hallo");
  for (const text of ["😀".repeat(40_000), `x${"😀".repeat(40_000)}`, "a".repeat(65_537)]) {
    const fitted = fitText(text);
    expect(fitted.length).toBeLessThanOrEqual(65_536);
    expect(fitted.split("\n").at(-1)).toBe("[… shortened]");
    expect(fitted.isWellFormed()).toBe(true);
  }
});

test("where the whole email is read stands below text and html, and is no part of what a replay compares", () => {
  const viewUrl = "https://inlet.example/e/demo/evt_1";
  const properties = activityProperties({ ...INPUT, text: "Hallo", html: "<p>Hallo</p>", viewUrl }, "demo");
  expect(properties["hs_email_text"]).toBe(`Hallo\n\nFull email: ${viewUrl}`);
  expect(properties["hs_email_html"]).toContain(`<a href="${viewUrl}">`);
  expect(textWithoutLink(properties["hs_email_text"] ?? "")).toBe("Hallo");
  expect(htmlWithoutLink(properties["hs_email_html"] ?? "")).toBe("<p>Hallo</p>");
  const long = fitText("a".repeat(70_000), viewUrl);
  expect([long.length <= 65_536, long.endsWith(viewUrl)]).toEqual([true, true]);
  // A sender's own words that look like it.
  const theirs = "Full email: https://shop.example/offer";
  expect(textWithoutLink(`Hallo\n\n${theirs}`)).toBe(`Hallo\n\n${theirs}`);
});

test("html goes as it is, and what an older Inlet put below it is not taken for the email's; too long, it is left out whole", () => {
  expect(fitHtml("<p>Hallo</p>")).toBe("<p>Hallo</p>");
  const older =
    '<p>Hallo</p>\n<p>Full email: <a href="https://inlet.example/e/demo/evt_1?a=1&amp;b=2">open in Inlet</a></p>';
  expect(htmlWithoutLink(older)).toBe("<p>Hallo</p>");
  expect(fitHtml("x".repeat(65_537))).toBeNull();
  expect(fitHtml("")).toBeNull();
});

test("mail without a sender's address is written without headers, and no one without an address stands in them", () => {
  expect(activityProperties({ ...INPUT, from: { email: "", name: "?" } }, "demo")).not.toHaveProperty(
    "hs_email_headers",
  );
  const properties = activityProperties({ ...INPUT, cc: [{ email: "", name: "undisclosed" }] }, "demo");
  expect(JSON.parse(properties["hs_email_headers"] ?? "")).toMatchObject({ cc: [] });
});
