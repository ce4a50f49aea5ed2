import { describe, expect, it } from "vitest";
import { recognizeSearch } from "./recognize-search.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = `00-${TRACE}-b7ad6b7169203331-01`;
const senders = (id: string): string[] => [`sourceEvent ${id}`, `sourceDelivery ${id}`, `message ${id}`];
const record = (id: string): string[] => [`record ${id}`];

/** OP3: the shape of what is searched for says which index is asked; a further shape is a line. */
describe("what a text in the search box can be", () => {
  it.each<[text: string, ids: string[], words: string | null]>([
    ["evt_0123456789abcdef", ["event evt_0123456789abcdef"], null],
    [" eml_1 ", ["email eml_1"], null],
    ["cnv_1", ["conversation cnv_1"], null],
    ["<a.b@mail.example>", ["message a.b@mail.example"], "address"],
    ["<no at sign>", ["message no at sign"], null],
    ["ada@customers.example", senders("ada@customers.example"), "address"],
    ["Ada <ada@customers.example>", [], "address"],
    [TRACE, [`trace ${TRACE}`, ...senders(TRACE), ...record(TRACE)], null],
    [PARENT, [`trace ${TRACE}`, ...senders(PARENT), ...record(PARENT)], null],
    [`http://localhost:16686/trace/${TRACE}`, [`trace ${TRACE}`], null],
    ["https://inlet.example/emails/acme/evt_12", ["event evt_12"], null],
    ["a-topic.acme/3/42", ["place a-topic.acme 3 42", ...senders("a-topic.acme/3/42")], null],
    ["a-topic:3:42", ["place a-topic 3 42", ...senders("a-topic:3:42")], null],
    ["a-topic, partition 3, offset 42", ["place a-topic 3 42", ...senders("a-topic, partition 3, offset 42")], null],
    ["a-topic/9999999999/42", [...senders("a-topic/9999999999/42"), ...record("a-topic/9999999999/42")], "subject"],
    ["order-4711", [...senders("order-4711"), ...record("order-4711")], "subject"],
    ["4711", [...senders("4711"), ...record("4711")], "subject"],
    ["invoice for march", senders("invoice for march"), "subject"],
    ["", [], null],
    ["\0", [], null],
    ["%", [...senders("%"), ...record("%")], "subject"],
    ["a'; drop table deliveries; --", senders("a'; drop table deliveries; --"), "subject"],
    ["\ud800x", [...senders("\ufffdx"), ...record("\ufffdx")], "subject"],
    ["x".repeat(10_240), [], "subject"],
    ["<".repeat(10_240), [], "subject"],
    [`${"a".repeat(5000)}@${"b".repeat(5000)}`, [], "subject"],
  ])("%s", (text, ids, words) => {
    const found = recognizeSearch(text);
    expect(
      found.ids.map((each) =>
        each.by === "place" ? `place ${each.topic} ${each.partition} ${each.offset}` : `${each.by} ${each.id}`,
      ),
    ).toEqual(ids);
    expect(found.words?.kind ?? null).toBe(words);
    expect(found.looksLike).not.toBe("");
  });

  it.each<[url: string, ids: string[]]>([
    ["https://app.hubspot.com/contacts/123456/record/0-1/51", ["51"]],
    ["https://app-eu1.hubspot.com/contacts/123456/record/0-3/77/view/1?x=1", ["77"]],
    ["https://app.hubspot.com/contacts/123456/contact/51", ["51"]],
    ["https://app.hubspot.com/contacts/123456/objects/0-1/views/all/list", []],
    ["https://acme.odoo.com/web#id=42&model=crm.lead&view_type=form&cids=1", ["42"]],
    ["http://erp.acme.example:8069/odoo/crm/42", ["42"]],
    ["https://acme.odoo.com/odoo/action-123/crm.lead/42", ["42"]],
    ["https://acme.odoo.com/mail/view?model=res.partner&res_id=17", ["17"]],
    ["https://acme.lightning.force.com/lightning/r/Contact/0035e00000AbCdEAAV/view", ["0035e00000AbCdEAAV"]],
    ["https://acme.my.salesforce.com/001A0000006Vm9r", ["001A0000006Vm9r", "001A0000006Vm9rIAC"]],
    ["https://acme.pipedrive.com/deal/42", ["42"]],
    ["https://acme.pipedrive.com/person/7/view", ["7"]],
    ["https://evil.example/contacts/1/record/0-1/51", []],
    ["https://hubspot.com.evil.example/contacts/1/record/0-1/51", []],
  ])("%s", (url, ids) => {
    const records = recognizeSearch(url).ids.flatMap((each) => (each.by === "record" ? [each.id] : []));
    expect(records).toEqual(ids);
  });
});
