/** Workflow rules of a tenant (WR7): plain data, as the tenant's file gave them. What they mean is in the files beside this one. */

export interface Rule {
  /** Unique within the tenant; part of the key of everything that the rule does (docs/concepts/protocol.md, section 4). */
  readonly id: string;
  readonly when: RuleConditions;
  /** `then` in the file. */
  readonly actions: RuleActions;
}

/** All of those that are not null must hold; of a list, one entry is enough. */
export interface RuleConditions {
  /** Words and phrases in the subject or the reply text, without case. */
  readonly keywords: readonly string[] | null;
  /** Regular expressions in RE2's syntax over the same two texts. */
  readonly patterns: readonly string[] | null;
  /** Names of intents. */
  readonly intents: readonly string[] | null;
  /** Classes of mail; `spam` stands for any class with that verdict. */
  readonly classes: readonly string[];
  /** `value` null: any. */
  readonly tags: readonly { readonly kind: string; readonly value: string | null }[] | null;
  /** Address rules that the From address is held against, as the mailboxes have them. */
  readonly senders: readonly string[] | null;
  readonly mailboxes: readonly string[] | null;
  /** Attachments that are no part of the html. */
  readonly hasAttachments: boolean | null;
  /** Whether the email answers another one, by its headers. */
  readonly isReply: boolean | null;
}

/** What a rule does, each at most once an email. */
export interface RuleActions {
  readonly createTask: TaskTemplate | null;
  /** `pipeline` null: the one that the deal is in. */
  readonly setStage: { readonly stage: string; readonly pipeline: string | null } | null;
  readonly tag: { readonly kind: string; readonly value: string } | null;
  /** The name of one of the tenant's notices. */
  readonly notify: string | null;
}

export interface TaskTemplate {
  /** May hold `{name}` of each of {@link TITLE_PLACEHOLDERS}. */
  readonly title: string;
  /** From the moment that the gateway took the email, ms. */
  readonly dueInMs: number;
  readonly priority: TaskPriority | null;
}

/** What a task's title may name of the email: its subject, the address of its sender, our mailbox. */
export const TITLE_PLACEHOLDERS = ["subject", "sender", "mailbox"] as const;
export type TitlePlaceholder = (typeof TITLE_PLACEHOLDERS)[number];

export const TASK_PRIORITIES = ["low", "medium", "high"] as const;
export type TaskPriority = (typeof TASK_PRIORITIES)[number];

/** What tells an intent by words alone: one of its keywords or patterns is enough. */
export interface IntentWords {
  readonly name: string;
  readonly keywords: readonly string[];
  readonly patterns: readonly string[];
}

/** What the rules look at of a normalized email; `replyText` inline. */
export interface RuleEmail {
  readonly subject: string | null;
  readonly replyText: string | null;
  readonly from: { readonly email: string } | null;
  /** The person behind From. */
  readonly contact: { readonly email: string } | null;
  readonly mailbox: string | null;
  readonly classification: { readonly kind: string };
  readonly spamVerdict: string | null;
  readonly addressTags: readonly { readonly kind: string; readonly value: string }[];
  readonly attachments: readonly { readonly inline: boolean }[];
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
}
