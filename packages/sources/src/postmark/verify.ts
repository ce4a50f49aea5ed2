import { basicAuthFault } from "../basic-auth.ts";
import { parseBoundedJson } from "../bounded-json.ts";
import { contentKey, deliveryKey, storableId, toDelivery } from "../delivery-key.ts";
import { toObject, toText } from "../form.ts";
import type { Verification, Verified } from "../kind.ts";

/** By basic authentication in the URL that Postmark is given: its posts are not signed. */
export const verification: Verification = {
  checkHeaders: (headers, source) => basicAuthFault(headers, source.secrets.reveal()),
  verify: ({ body }) => Promise.resolve(identify(body)),
};

function identify(body: Buffer): Verified {
  const post = toObject(parseBoundedJson(body));
  // Posts about bounces, opens and the like name their kind; received email names none.
  const recordType = toText(post?.["RecordType"]);
  if (recordType !== null) return { kind: "not_email", what: `a Postmark event of another kind than received email` };
  const id = storableId(post?.["MessageID"]);
  const key = id ?? deliveryKey(contentKey([body]), []);
  return { kind: "delivery", delivery: toDelivery(key, id) };
}
