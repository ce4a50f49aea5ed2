/** `attachment1`, `attachment2`, …; `attachments` is their number. */
export function isFileName(name: string): boolean {
  return /^attachment\d+$/.test(name);
}
