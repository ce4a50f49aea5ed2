/** Whether a CRM may take the address for none: `root@localhost`, a host with an underscore, an IP address. What has a public domain's form is no such. */
export function mayBeRefused(email: string): boolean {
  return !/^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*$/i.test(email);
}
