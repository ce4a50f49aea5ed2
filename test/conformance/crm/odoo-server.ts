/** The real Odoo that tests write to, as the environment names it (docs/guides/odoo.md). */
export interface OdooServer {
  readonly url: string;
  readonly database: string;
  readonly apiKey: string;
  /** Calls a method, past Inlet. Throws on anything but 200. */
  call(model: string, method: string, args: object): Promise<unknown>;
}

const NEEDED = ["ODOO_URL", "ODOO_DATABASE", "ODOO_API_KEY"] as const;

/** Throws, naming what is missing: a run without an Odoo must not look like one that passed. */
export function odooServer(): OdooServer {
  const missing = NEEDED.filter((name) => (process.env[name] ?? "") === "");
  if (missing.length > 0) {
    throw new Error(
      `npm run test:odoo needs a real Odoo 19 with the app CRM; not set: ${missing.join(", ")}. See docs/guides/odoo.md, "Run the tests".`,
    );
  }
  const [url = "", database = "", apiKey = ""] = NEEDED.map((name) => process.env[name]);
  return {
    url: url.replace(/\/+$/, ""),
    database,
    apiKey,
    call: async (model, method, args) => {
      const answer = await fetch(`${url.replace(/\/+$/, "")}/json/2/${model}/${method}`, {
        method: "POST",
        headers: {
          authorization: `bearer ${apiKey}`,
          "content-type": "application/json",
          "x-odoo-database": database,
        },
        body: JSON.stringify(args),
      });
      if (answer.status !== 200) throw new Error(`${model}/${method}: ${answer.status}`);
      return answer.json();
    },
  };
}
