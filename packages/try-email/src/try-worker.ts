import { tryEmail } from "./try-email.ts";

/** The worker process's side: a crash, a loop or a flood of memory ends this process, not the service. */
export default tryEmail;
