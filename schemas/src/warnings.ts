/** The closed list of what an email's `warnings` say: what was repaired, guessed, cut or left unread. Add, never rename. */
export const EMAIL_WARNINGS = {
  byte_order_mark: "a byte order mark stood before the header and was skipped",
  leading_blank_line: "blank lines stood before the header and were skipped",
  mbox_from_line: "an mbox `From ` line stood before the header and was skipped",
  bare_cr_line_ends: "lines ended in CR alone; they were read as lines",
  broken_header_line: "a line of the header is no field; it was left out",
  missing_header_end: "no blank line ends the header; the body begins at the first line that is no field",
  no_body: "the message ends with its header",
  from_missing: "there is no From field",
  from_unreadable: "the From field names no usable address, or may be read as two",
  several_from: "From names several people; the first counts",
  several_message_ids: "there are several Message-ID fields; the first that says anything counts",
  date_unreadable: "the Date field cannot be read; `date` is null",
  date_implausible:
    "the Date field names a time more than a day after the email came, or a year before: in the CRM it stands under the time when it came",
  addresses_cut: "an address field names more people than are kept",
  references_cut: "References names more messages than are kept: the first and the newest ones are",
  charset_guessed:
    "text is not in the charset that it declares, or declares none that is known: it was judged by its bytes",
  transfer_encoding_wrong: "a part is not in the transfer encoding that it declares; its bytes were taken as they are",
  boundary_mended: "a multipart names no boundary, or one that never occurs; the one in use was taken",
  multipart_without_parts: "a multipart has no parts; what it holds was read as text",
  body_unreadable: "the structure of the body cannot be read: the email has its header only",
  html_cut: "the html is longer than what is kept",
  html_too_deep: "the html is nested too deeply to be sanitized: only its text is kept",
  tnef_unpacked: "a winmail.dat (TNEF) was unpacked: its files, and its text where there was no other, are the email's",
  tnef_unreadable: "a winmail.dat (TNEF) cannot be read; it is kept as a file",
  encrypted: "content is encrypted (S/MIME, PGP): it is kept as a file, and nothing of it is read",
  signed_opaque: "content is inside of an S/MIME signature (p7m): it is kept as a file",
  signature_unverified: "content was taken out of an S/MIME signature (p7m): no one has verified the signature",
  several_content_types:
    "a part has several Content-Type fields; the multipart whose delimiter is in use counts, else the first",
  part_header_end_missing:
    "no blank line ends the header of a part; its body begins at the first line that is no field",
  cut_off: "the message breaks off in a delimiter; what came before it is kept",
  external_body: "content lies outside of the message (message/external-body); it is not fetched",
  partial_message: "this is one piece of a message sent in several (message/partial); it is kept as a file",
} as const;

export type EmailWarning = keyof typeof EMAIL_WARNINGS;

/** The closed list of what the way in adds to them: what a provider's form lacks, and what the tenant's attachment policy took away. Add, never rename. */
export const SOURCE_WARNINGS = {
  attachments_missing: "the provider tells of more attachments than it sent",
  provider_found_virus: "the provider's scan found malware; the files of the email are not stored",
  attachment_unavailable:
    "a file that the provider keeps at an address of its own could not be fetched: the email goes on without it",
  attachment_refused: "a file broke the tenant's policy; it is not stored",
  attachment_infected: "a scan found malware in a file; it is not stored",
  attachment_unscanned: "a file could not be scanned, and the tenant's policy lets it through",
} as const;

/** The closed list of what delivery adds to an email's outcome: what the CRM did not take or have. Add, never rename. */
export const DELIVERY_WARNINGS = {
  activity_headers_refused:
    "the CRM takes an address of the email for none; the activity is written without its parties",
  activity_not_tied: "what a replay newly found could not be tied to the activity that is there",
  campaign_deal_unknown: "the deal that the campaign leads to is not in the CRM, or it did not tell",
  company_failed: "the company could not be made",
  company_not_found: "the CRM did not tell whether it has the company",
  company_refused: "the CRM does not take the company for this email",
  contact_address_refused: "the CRM does not take the sender's address; its contact has none",
  contact_not_found_by_phone: "the CRM did not tell who has the phone number of the signature",
  deal_closed: "the email is a reply, and its deal has ended",
  deal_not_moved: "the deal could not be moved to the stage that the tenant's file names now",
  deal_not_tagged: "tags could not be added to the deal",
  deal_stage_missing: "the pipeline or stage for new deals is no longer there; the deal begins where there is one",
  deal_tag_unknown: "the deal that an address names is not in the CRM, or it did not tell",
  file_failed: "a file could not be uploaded",
  recent_subject_deal_unknown: "the deal of a recent email with the same subject is not in the CRM, or it did not tell",
  record_gone: "a record was deleted in the CRM; it was looked for again and written once more",
  record_merged: "a record was merged into another in the CRM, which is used from now on",
  rule_failed: "what a rule asks for could not be done",
  rule_without_deal: "a rule changes the deal, and the email has none",
  sent_message_deal_unknown: "the deal of the sent message that it answers is not in the CRM, or it did not tell",
  task_owner_missing: "the owner that a rule names is no longer there; the task is no one's",
} as const;
