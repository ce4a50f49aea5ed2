import { expect, test } from "vitest";
import { toField } from "../headers/header-fields.ts";
import { readSpam } from "./spam.ts";

test.each([
  ["SpamAssassin, ham", { "X-Spam-Status": "No, score=-1.9 required=5.0 tests=BAYES_00" }, "ham", -1.9],
  ["SpamAssassin, spam", { "X-Spam-Flag": "YES", "X-Spam-Status": "Yes, score=8.1" }, "spam", 8.1],
  ["SpamAssassin, a score alone", { "X-Spam-Score": "3.2 (+++)" }, null, 3.2],
  ["rspamd", { "X-Spamd-Result": "default: True [15.20 / 15.00]; BAYES_SPAM(5.10)[]" }, "spam", 15.2],
  ["rspamd, below its threshold", { "X-Spamd-Result": "default: False [1.20 / 15.00];" }, "ham", 1.2],
  ["rspamd's action", { "X-Rspamd-Action": "add header", "X-Rspamd-Score": "7.5" }, "spam", 7.5],
  ["rspamd, greylisted", { "X-Rspamd-Action": "greylist" }, "ham", null],
  ["Microsoft, spam", { "X-Forefront-Antispam-Report": "CIP:192.0.2.1;CTRY:;LANG:en;SCL:5;SRV:;" }, "spam", 5],
  ["Microsoft, internal", { "X-MS-Exchange-Organization-SCL": "-1" }, "ham", -1],
  ["Microsoft, no level", { "X-MS-Exchange-Organization-SCL": "42" }, null, null],
  [
    "Barracuda",
    { "X-Barracuda-Spam-Status": "Yes, SCORE=5.10 using global scores", "X-Barracuda-Spam-Score": "5.10" },
    "spam",
    5.1,
  ],
  ["Mailgun", { "X-Mailgun-Sflag": "Yes", "X-Mailgun-Sscore": "6.2" }, "spam", 6.2],
  ["two filters: the first of the list counts", { "X-Spam-Flag": "NO", "X-Rspamd-Action": "reject" }, "spam", null],
  ["words that say nothing", { "X-Spam-Status": "unknown", "X-Spam-Score": "none" }, null, null],
  ["no filter", {}, null, null],
])("%s", (_what, headers: Record<string, string>, spamVerdict, spamScore) => {
  const fields = Object.entries(headers).map(([name, value]) => toField(name, value));
  expect(readSpam(fields)).toEqual({ spamVerdict, spamScore });
});
