import { writeFileSync } from "node:fs";
import { labelledMails } from "./labelled-files.ts";
import { countFigures, judgeAll, measuredTable } from "../testing/measured-mails.ts";

/**
 * `npm run measure`: precision and recall of each kind of mail, reply texts and contacts, on the labelled mails; then each mail that came out
 * wrong. `-- --write` writes down the figures as what they may not fall below.
 */
const judged = await judgeAll(labelledMails());
process.stdout.write(`${measuredTable(judged).join("\n")}\n\n`);
for (const { label, title, found, reply, contact } of judged) {
  if (found !== label) process.stdout.write(`${label} "${title}" taken for ${found}\n`);
  if (reply === false) process.stdout.write(`${label} "${title}": the reply text is another\n`);
  if (contact === false) process.stdout.write(`${label} "${title}": the contact is another\n`);
}
if (process.argv.includes("--write")) {
  const file = new URL("../testing/measured.json", import.meta.url);
  writeFileSync(file, `${JSON.stringify(countFigures(judged), null, 2)}\n`);
}
