/** Work that is worth doing while somebody looks at the page. Hidden, a page asks for nothing again and again. */

/** Does it when the page comes into sight, and every so often while it is there, until the returned function is called. */
export function whenSeen(work: () => void, everyMs?: number): () => void {
  const workIfSeen = () => {
    if (!document.hidden) work();
  };
  document.addEventListener("visibilitychange", workIfSeen);
  const timer = everyMs === undefined ? undefined : setInterval(workIfSeen, everyMs);
  return () => {
    document.removeEventListener("visibilitychange", workIfSeen);
    clearInterval(timer);
  };
}
