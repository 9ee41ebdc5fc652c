/** How people are told by mail, and where messages lead them. */
import { setting } from "./setting.ts";
import { mailSender, pageAddress, smtpAddress } from "./setting-rules.ts";

export const MESSAGE_SETTINGS = {
  smtpUrl: setting(
    "STOREWALK_SMTP_URL",
    "",
    "Server that mails go through: smtp://user:password@host:587, or smtps://; without it nobody is told by mail",
    smtpAddress,
  ),
  mailFrom: setting("STOREWALK_MAIL_FROM", "storewalk@localhost", "Sender of mails", mailSender),
  publicUrl: setting(
    "STOREWALK_PUBLIC_URL",
    "",
    "Where people find the dashboard, for links in messages; without it messages have none",
    pageAddress,
  ),
} as const;
