/** In which form an endpoint is told, and what its address must be then. */

export const WEBHOOK_FORMATS = ["json", "slack", "teams", "email"] as const;
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];

/** One address, as mail servers take it without quoting; no room for a second header or recipient. */
const MAIL_ADDRESS = /^mailto:[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+$/;

/** What is wrong with an address for a format, for people; null when nothing is. */
export function addressFault(format: WebhookFormat, url: string): string | null {
  if (format === "email")
    return MAIL_ADDRESS.test(url) ? null : "must be one mail address such as mailto:team@company.example, for email";
  return /^https?:\/\//.test(url) ? null : `must be an http or https URL, for ${format}`;
}
