import { signingSecretFault, type SecretList, type SettingFault, type SettingsReading } from "@inlet/settings";
import { z } from "zod";
import type { OAuthSettings } from "../oauth/grant.ts";
import { httpOAuth, readOAuth } from "../oauth/settings.ts";
import { baseUrl, everyKind, readEveryKind, token, type CrmSettings } from "../settings.ts";
import { requestFaults } from "./request-faults.ts";
import type { CrmRequests } from "./requests.ts";
import { crmRequests } from "./requests-schema.ts";

/** `crm:` of kind `http` as written. */
export const httpFile = z.strictObject({
  kind: z.literal("http").meta({ description: "the CRM's adapter" }),
  baseUrl,
  token: token.optional().meta({
    description:
      "credentials: env:NAME or file:PATH, or a list of them, the newest first; of auth basic user:password, of auth standard-webhooks whsec_…",
  }),
  oauth: httpOAuth.optional().meta({ description: "an OAuth grant in place of the token (docs/guides/oauth.md)" }),
  auth: z
    .string()
    .regex(
      /^(bearer|basic|standard-webhooks|header:[A-Za-z0-9-]+)$/,
      "is not bearer, basic, standard-webhooks or header:NAME",
    )
    .default("bearer")
    .meta({
      description:
        "how the token is sent: bearer, basic, header:NAME; or standard-webhooks, which signs each request with it",
    }),
  requests: crmRequests.meta({ description: "the API's requests as templates (docs/guides/http-crm.md)" }),
  ...everyKind,
});

type HttpFile = z.output<typeof httpFile>;

/** Any CRM with a JSON API, by its requests. */
export interface HttpSettings extends CrmSettings {
  readonly kind: "http";
  /** `bearer`, `basic` or `header:NAME`. */
  readonly auth: string;
  readonly oauth: OAuthSettings | null;
  readonly requests: CrmRequests;
}

export function readHttp(crm: HttpFile, reading: SettingsReading): HttpSettings {
  const every = readEveryKind(crm, reading);
  const { fault } = reading;
  checkRequests(crm, fault);
  if (crm.auth === "standard-webhooks") checkSigned(crm, every.token, fault);
  if (crm.oauth !== undefined && crm.auth === "basic") {
    fault("crm.auth", "is basic, which has no access token", "Say bearer or header:NAME beside crm.oauth");
  }
  return {
    kind: crm.kind,
    auth: crm.auth,
    oauth: readOAuth(crm.oauth, reading),
    requests: crm.requests,
    ...every,
  };
}

/** What the file does not describe, and rules may need: the name of the request that each needs. */
export function lackingForRules({ requests: { task, deal } }: HttpFile): { task?: string; dealUpdate?: string } {
  return {
    ...(task === undefined ? { task: "crm.requests.task" } : {}),
    ...(deal?.update === undefined ? { dealUpdate: "crm.requests.deal.update" } : {}),
  };
}

function checkRequests(crm: HttpFile, fault: SettingFault): void {
  for (const { field, problem, remedy } of requestFaults(crm.requests)) fault(`crm.requests.${field}`, problem, remedy);
  if (crm.newDeal === "create" && crm.requests.deal === undefined) {
    fault("crm.newDeal", "is create, but crm.requests has no deal", "Describe crm.requests.deal, or set newDeal: none");
  }
  const { lookup, lookupByPhone } = crm.requests.contact;
  if (crm.contactByPhone === "on" && (lookup === undefined || lookupByPhone === undefined)) {
    fault(
      "crm.contactByPhone",
      "is on, but crm.requests.contact has not both lookup and lookupByPhone",
      "Describe both, or set contactByPhone: off",
    );
  }
  if (crm.companies === "create" && (crm.requests.company?.write === undefined || !crm.requests.company.lookup)) {
    fault(
      "crm.companies",
      "is create, but crm.requests.company has not both lookup and write",
      "Describe crm.requests.company, or set companies: match",
    );
  }
  if (crm.files === "upload" && crm.requests.file === undefined) {
    fault("crm.files", "is upload, but crm.requests has no file", "Describe crm.requests.file, or set files: link");
  }
}

function checkSigned(crm: HttpFile, token: SecretList, fault: SettingFault): void {
  if (crm.oauth !== undefined) {
    fault("crm.auth", "is standard-webhooks, which needs a secret", "Say bearer or header:NAME beside crm.oauth");
  }
  // A reference that does not resolve is a fault by itself, and gives an empty value.
  for (const secret of token.reveal()) {
    const wrong = secret === "" ? undefined : signingSecretFault(secret);
    if (wrong !== undefined) fault("crm.token", wrong.problem, wrong.remedy);
  }
  if (crm.requests.file?.write.form !== undefined) {
    fault(
      "crm.requests.file.write.form",
      "is a form, which cannot be signed",
      "Describe a body with {{contentBase64}}, or set files: link",
    );
  }
}
