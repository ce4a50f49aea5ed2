/** Database ids are Postgres integers; a longer number is no one's id, and would be a database error. */
export function isRecordId(text: string): boolean {
  return /^[1-9]\d{0,9}$/.test(text) && Number(text) <= 2_147_483_647;
}
