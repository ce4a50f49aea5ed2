import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { openDatabase } from "./database.ts";

it("a statement that was prepared before its table changed is prepared anew", async () => {
  const database = openDatabase({ connectionString: process.env["DATABASE_URL"] ?? "", maxConnections: 1 });
  const table = `changing_${randomUUID().replaceAll("-", "")}`;
  const read = async (): Promise<unknown[]> => database.query(`select * from ${table} where id = $1`, [1]);
  try {
    await database.query(`create table ${table} (id integer); insert into ${table} values (1)`);
    expect(await read()).toEqual([{ id: 1 }]);
    await database.query(`alter table ${table} add column added text`);
    expect(await read()).toEqual([{ id: 1, added: null }]);
  } finally {
    await database.query(`drop table if exists ${table}`);
    await database.close();
  }
});
