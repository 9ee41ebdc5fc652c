/** The cookie of a person who signed in. It is no secret to scripts of other sites (SameSite) nor to our own (HttpOnly). */

const NAME = "storewalk_session";
export const SESSION_MS = 12 * 3_600_000;
const TOKEN = /^[0-9A-Za-z]{43}$/;

/** Null when there is none that could be ours. */
export function sessionTokenOf(cookies: string | undefined): string | null {
  const values = (cookies ?? "")
    .split(";")
    .map((pair) => pair.trim().split("="))
    .filter(([name]) => name === NAME)
    .map(([, value = ""]) => value);
  const [token] = values;
  return token !== undefined && values.length === 1 && TOKEN.test(token) ? token : null;
}

/** `origin` is the page's, as its browser says: one that came by TLS gets its cookie back by TLS only. */
export function sessionCookie(token: string, origin: string | undefined): string {
  return cookie(token, Math.floor(SESSION_MS / 1_000), origin);
}

export function endedSessionCookie(origin: string | undefined): string {
  return cookie("", 0, origin);
}

function cookie(value: string, seconds: number, origin: string | undefined): string {
  const secure = origin?.startsWith("https://") ? "; Secure" : "";
  return `${NAME}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
}
