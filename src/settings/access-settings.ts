/** Who calls, and the secrets by which they are known. */
import { setting } from "./setting.ts";
import { longSecret, networks, oneOf, optionalText, origins, webhookSecret } from "./setting-rules.ts";

export const ACCESS_SETTINGS = {
  auth: setting(
    "STOREWALK_AUTH",
    "auto",
    "Whether API keys are asked for: auto from the first key on, required always, off never",
    oneOf(["auto", "off", "required"]),
  ),
  authSecret: setting(
    "STOREWALK_AUTH_SECRET",
    "",
    "Behind the digests of API keys and the credentials of hosts, at least 32 characters; empty for a file in the data folder. A fleet needs it to have either",
    longSecret,
  ),
  apiKey: setting("STOREWALK_API_KEY", "", "API key that commands send to a service", optionalText),
  callbackSecret: setting(
    "STOREWALK_CALLBACK_SECRET",
    "",
    "Signs the callbacks of jobs: whsec_ and 24 to 64 bytes in base64; without it jobs have none",
    webhookSecret,
  ),
  trustedProxies: setting(
    "STOREWALK_TRUSTED_PROXIES",
    "",
    "Addresses or networks of proxies whose X-Forwarded-For is believed, comma-separated",
    networks,
  ),
  allowedOrigins: setting(
    "STOREWALK_ALLOWED_ORIGINS",
    "",
    "Origins whose pages may ask the API from a browser with a key (CORS), comma-separated; empty for none",
    origins,
  ),
} as const;
