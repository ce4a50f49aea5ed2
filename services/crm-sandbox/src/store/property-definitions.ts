import type { ObjectType } from "./object-types.ts";

export interface PropertyDefinition {
  readonly name: string;
  readonly label: string;
  readonly groupName: string;
  readonly type: "string" | "number" | "datetime" | "enumeration" | "bool";
  readonly fieldType: string;
  readonly hasUniqueValue: boolean;
  readonly readOnly: boolean;
  /** Allowed values of an enumeration. */
  readonly options: readonly string[];
  readonly hubspotDefined: boolean;
}

export interface Pipeline {
  readonly id: string;
  readonly label: string;
  readonly stages: readonly {
    readonly id: string;
    readonly label: string;
    readonly isClosed?: boolean;
    readonly isWon?: boolean;
  }[];
}

/** Those of a new account. */
export const DEAL_PIPELINES: readonly Pipeline[] = [
  {
    id: "default",
    label: "Sales Pipeline",
    stages: [
      { id: "appointmentscheduled", label: "Appointment scheduled" },
      { id: "qualifiedtobuy", label: "Qualified to buy" },
      { id: "presentationscheduled", label: "Presentation scheduled" },
      { id: "decisionmakerboughtin", label: "Decision maker bought in" },
      { id: "contractsent", label: "Contract sent" },
      { id: "closedwon", label: "Closed won", isClosed: true, isWon: true },
      { id: "closedlost", label: "Closed lost", isClosed: true },
    ],
  },
  {
    id: "renewals",
    label: "Renewals",
    stages: [
      { id: "renewal_open", label: "Renewal open" },
      { id: "renewal_won", label: "Renewed", isClosed: true, isWon: true },
      { id: "renewal_lost", label: "Lost", isClosed: true },
    ],
  },
];

const EVERYWHERE = [
  "hs_object_id!",
  "createdate!datetime",
  "hs_lastmodifieddate!datetime",
  "hubspot_owner_id",
  "hs_merged_object_ids!",
];

/** `name`, then `!` (read-only), `=` (unique) or `#`, then the type where it is not text, then `:` and the values of an enumeration. */
const BUILT_IN: Readonly<Record<ObjectType, readonly string[]>> = {
  contacts: [
    ...EVERYWHERE,
    "email=",
    "firstname",
    "lastname",
    "phone",
    "mobilephone",
    "company",
    "jobtitle",
    "website",
    "lifecyclestage",
    "hs_lead_status",
    "hs_additional_emails",
    "hs_searchable_calculated_phone_number!",
    "hs_searchable_calculated_mobile_number!",
  ],
  companies: [...EVERYWHERE, "name", "domain", "phone", "website", "city", "country", "industry"],
  deals: [
    ...EVERYWHERE,
    "dealname",
    "dealstage",
    "pipeline",
    "amount#number",
    "closedate#datetime",
    "description",
    "dealtype",
    "hs_is_closed!bool",
    "hs_is_closed_won!bool",
  ],
  emails: [
    ...EVERYWHERE,
    "hs_timestamp#datetime",
    "hs_email_direction#enumeration:INCOMING_EMAIL,EMAIL,FORWARDED_EMAIL",
    "hs_email_status#enumeration:BOUNCED,FAILED,SCHEDULED,SENDING,SENT",
    "hs_email_subject",
    "hs_email_text",
    "hs_email_html",
    "hs_email_headers",
    "hs_email_message_id",
    "hs_attachment_ids",
    "hs_email_from_email!",
    "hs_email_from_firstname!",
    "hs_email_from_lastname!",
    "hs_email_to_email!",
    "hs_email_cc_email!",
  ],
  tasks: [
    ...EVERYWHERE,
    "hs_timestamp#datetime",
    "hs_task_subject",
    "hs_task_body",
    "hs_task_status#enumeration:NOT_STARTED,IN_PROGRESS,WAITING,COMPLETED,DEFERRED",
    "hs_task_priority#enumeration:NONE,LOW,MEDIUM,HIGH",
    "hs_task_type#enumeration:EMAIL,CALL,TODO",
    "hs_attachment_ids",
  ],
};

/** The properties that every account has for a type. */
export function builtInProperties(type: ObjectType): PropertyDefinition[] {
  return BUILT_IN[type].map((written) => {
    const [, name, mark, kind, options] = /^([a-z_]+)([!=#]?)([a-z]*)(?::(.*))?$/.exec(written) as RegExpExecArray;
    return {
      name: name as string,
      label: name as string,
      groupName: `${type}information`,
      type: (kind === "" ? "string" : kind) as PropertyDefinition["type"],
      fieldType: "text",
      hasUniqueValue: mark === "=",
      readOnly: mark === "!",
      options: options?.split(",") ?? [],
      hubspotDefined: true,
    };
  });
}
