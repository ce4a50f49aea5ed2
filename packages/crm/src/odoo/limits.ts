/** What Odoo is given at most, UTF-16 units: its columns have no limit, but its pages and its index do. */
export const ODOO_LIMITS = { name: 255, subject: 500, summary: 500, addresses: 8_000, messageId: 1_000 } as const;
