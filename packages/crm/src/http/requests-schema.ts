import { z } from "zod";
import { JSON_POINTER } from "./json-pointer.ts";

/** `crm.requests` of kind `http` as written: the API's requests as templates (docs/guides/http-crm.md). */

const path = z
  .string()
  .regex(/^\/[^\s#]*$/, "is not a path that begins with /")
  .meta({ description: "path behind crm.baseUrl, with placeholders, such as /contacts/{{key}}" });

const headers = z
  .record(z.string().regex(/^[A-Za-z0-9-]+$/, "is not the name of a header"), z.string())
  .default({})
  .meta({ description: "headers beside the credentials, Content-Type and Idempotency-Key" });

const pointer = z
  .string()
  .regex(JSON_POINTER, "is no JSON Pointer")
  .meta({ description: "JSON Pointer (RFC 6901) into the answer, such as /id or /data/0/id" });

const write = z.strictObject({
  method: z.enum(["POST", "PUT", "PATCH"]).default("POST").meta({ description: "POST, PUT or PATCH" }),
  path,
  headers,
  body: z.json().optional().meta({ description: "JSON whose strings may hold placeholders" }),
  form: z
    .record(z.string().min(1), z.string())
    .optional()
    .meta({ description: 'of a file: fields of a multipart form, one of them with the value "{{file}}"' }),
});

const effect = {
  write: write.meta({ description: "the request that makes the record" }),
  id: pointer.default("/id"),
  lookup: z
    .strictObject({ path, headers, id: pointer.default("/id"), key: pointer })
    .optional()
    .meta({ description: "the GET that finds the record by Inlet's key; how an unknown write is settled" }),
  idempotent: z.boolean().default(false).meta({
    description:
      "true where sending again makes no second record: an upsert by the key, or Idempotency-Key is honoured",
  }),
};

const read = z
  .strictObject({ path, headers, id: pointer.default("/id") })
  .optional()
  .meta({
    description:
      "the GET of a record by its id in the CRM, so that one that people deleted or merged is known; id points to its id, another one where it was merged",
  });

export const crmRequests = z.strictObject({
  ping: z.strictObject({ path, headers }).meta({ description: "the cheapest GET that answers 2xx" }),
  contact: z
    .strictObject({
      ...effect,
      read,
      lookupByKey: z
        .strictObject({ path, headers, id: pointer.default("/id"), key: pointer })
        .optional()
        .meta({
          description:
            "the GET that finds a contact by Inlet's key where its address does not: one whose address the API took for none was written without it",
        }),
      lookupByPhone: z
        .strictObject({ path, headers, id: pointer.default("/id"), key: pointer, second: pointer })
        .optional()
        .meta({
          description:
            "the GET that finds contacts by {{phone}} (E.164), for crm.contactByPhone; key points to the number, second to what is there only where several have it",
        }),
    })
    .meta({ description: "requests for contacts; the key is the address" }),
  company: z
    .strictObject({ ...effect, read, write: effect.write.optional() })
    .optional()
    .meta({
      description:
        "requests for companies; the key is the domain. Found by lookup, made by write where crm.companies is create; without it there are no companies",
    }),
  deal: z
    .strictObject({
      ...effect,
      read: z
        .strictObject({
          path,
          headers,
          id: pointer.default("/id"),
          closed: pointer.optional(),
          closedValues: z
            .array(z.string().min(1))
            .min(1)
            .default(["true", "won", "lost", "closed"])
            .meta({ description: "what stands where closed points to of a deal that ended, in any case of letters" }),
        })
        .optional()
        .meta({
          description:
            "the GET of a deal by its id in the CRM, for deals that an address or an earlier email names; closed points to what says that it ended, by one of closedValues",
        }),
      update: write.optional().meta({
        description: "the request that moves a deal and adds tags, for rules: what does not change is left out",
      }),
    })
    .optional()
    .meta({ description: "requests for deals; the key is the conversation. Without it there are no deals" }),
  activity: z
    .strictObject({
      ...effect,
      update: write
        .optional()
        .meta({ description: "the request that changes an activity: what did not change is left out" }),
      read: z
        .strictObject({
          path,
          headers,
          fields: z
            .strictObject({
              subject: pointer.optional(),
              text: pointer.optional(),
              html: pointer.optional(),
              fileIds: pointer.optional(),
            })
            .meta({ description: "where in the answer stands what a person may have changed" }),
        })
        .optional()
        .meta({ description: "the GET of an activity by its id in the CRM; needs update" }),
    })
    .meta({ description: "requests for activities; the key is the emailKey" }),
  file: z
    .strictObject({ ...effect, read })
    .optional()
    .meta({ description: "requests for files; the key is emailKey/sha256. Without it files are linked to" }),
  task: z
    .strictObject({ ...effect, read })
    .optional()
    .meta({ description: "requests for the tasks of rules; the key is emailKey/rule. Without it there are none" }),
});
