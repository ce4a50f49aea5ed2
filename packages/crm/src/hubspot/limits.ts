/** What HubSpot keeps of each kind of value, UTF-16 units; what is longer is cut at whole characters, or left out where it cannot be cut. */
export const HUBSPOT_LIMITS = {
  /** Of any text property. */
  text: 65_536,
  subject: 1_000,
  /** First and last name, far below what HubSpot keeps: no one reads more, and a long one is an attack. */
  name: 255,
  dealName: 500,
  companyName: 255,
  taskSubject: 500,
  tags: 65_536,
  messageId: 1_000,
  /** `hs_email_headers`, JSON in a text property. */
  headers: 65_536,
} as const;
