/** The port's methods that make requests: what a call of one costs is told by its name. */
export type CrmMethod =
  | "prepare"
  | "findCompany"
  | "createCompany"
  | "findContactByPhone"
  | "upsertContact"
  | "createDeal"
  | "getDeal"
  | "findSentMessage"
  | "createActivity"
  | "updateActivity"
  | "readActivity"
  | "uploadFile"
  | "createTask"
  | "updateDeal"
  | "lookup"
  | "whereIs"
  | "account";
