import { requestFaults } from "@inlet/crm";
import type { CrmFile } from "./crm-file.ts";
import { oauthConfig } from "./crm-oauth.ts";
import { quotaOf } from "./crm-quota.ts";
import { signingFault } from "./notice-configs.ts";
import { milliseconds } from "./duration.ts";
import type { CrmConfig, SecretList } from "./types.ts";

/** What reading a tenant's file lends: references are resolved, and faults are collected by the field's full name. */
export interface CrmReading {
  readonly resolved: (field: string, reference: string) => string | undefined;
  readonly secrets: (field: string, references: string | readonly string[]) => SecretList;
  readonly fault: (field: string, problem: string, remedy: string) => void;
}

/** The CRM of a tenant as its file describes it; what is wrong goes to `fault`. */
export function crmConfig(crm: CrmFile, reading: CrmReading): CrmConfig {
  const { resolved, secrets, fault } = reading;
  const baseUrl = crm.baseUrl.startsWith("env:") ? resolved("crm.baseUrl", crm.baseUrl) : crm.baseUrl;
  if (baseUrl !== undefined && !(URL.canParse(baseUrl) && /^https?:\/\//.test(baseUrl))) {
    fault(
      "crm.baseUrl",
      "does not resolve to a http(s) URL",
      "Give the address of the CRM's API, such as https://api.hubapi.com",
    );
  }
  if (baseUrl !== undefined && URL.canParse(baseUrl) && new URL(baseUrl).username !== "") {
    fault("crm.baseUrl", "has credentials in it", "Leave them out, and give them as crm.token");
  }
  if (crm.stage !== null && crm.pipeline === null) {
    fault("crm.stage", "is set without crm.pipeline", "A stage belongs to a pipeline: name that too");
  }
  const oauth = "oauth" in crm ? crm.oauth : undefined;
  if (crm.token === undefined && oauth === undefined) {
    fault(
      "crm.token",
      "is missing, and so is crm.oauth",
      "Give the CRM's access token by env:NAME or file:PATH, or crm.oauth",
    );
  }
  if (crm.token !== undefined && oauth !== undefined) {
    fault("crm.oauth", "stands beside crm.token", "Leave one of the two: a token that stays, or an OAuth grant");
  }
  const everyKind = {
    baseUrl: (baseUrl ?? "").replace(/\/+$/, ""),
    token: secrets("crm.token", crm.token ?? []),
    timeoutMs: milliseconds(crm.timeout),
    files: crm.files,
    newDeal: crm.newDeal,
    companies: crm.companies,
    contactByPhone: crm.contactByPhone === "on",
    pipeline: crm.pipeline,
    stage: crm.stage,
    missingStage: crm.missingStage,
    required: crm.required,
    quota: quotaOf({ kind: crm.kind, oauth: oauth !== undefined }, crm.quota),
  };
  switch (crm.kind) {
    case "hubspot":
      return { kind: crm.kind, apiVersion: crm.apiVersion, oauth: oauthConfig(crm.oauth, reading), ...everyKind };
    case "odoo":
      return { kind: crm.kind, database: databaseOf(crm.database, resolved), ...everyKind };
    case "http":
      checkRequests(crm, fault);
      if (crm.auth === "standard-webhooks") checkSigned(crm, everyKind.token, fault);
      if (crm.oauth !== undefined && crm.auth === "basic") {
        fault("crm.auth", "is basic, which has no access token", "Say bearer or header:NAME beside crm.oauth");
      }
      return {
        kind: crm.kind,
        auth: crm.auth,
        oauth: oauthConfig(crm.oauth, reading),
        requests: crm.requests,
        ...everyKind,
      };
  }
}

function checkRequests(crm: Extract<CrmFile, { kind: "http" }>, fault: CrmReading["fault"]): void {
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

function checkSigned(crm: Extract<CrmFile, { kind: "http" }>, token: SecretList, fault: CrmReading["fault"]): void {
  if (crm.oauth !== undefined) {
    fault("crm.auth", "is standard-webhooks, which needs a secret", "Say bearer or header:NAME beside crm.oauth");
  }
  // A reference that does not resolve is a fault by itself, and gives an empty value.
  for (const secret of token.reveal()) {
    const wrong = secret === "" ? undefined : signingFault(secret);
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

function databaseOf(database: string | null, resolved: CrmReading["resolved"]): string | null {
  if (database === null || !database.startsWith("env:")) return database;
  return resolved("crm.database", database) ?? null;
}
