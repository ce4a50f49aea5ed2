/** Set on what a mail program marked as quoted, with the `Mark` of reply/html-marks.ts. */
export const QUOTE = "data-quote";
