/** A URL on one line, cut in its middle where it is too long: what tells URLs of one host apart stands at their ends. */

/** So much of its end is always seen, where there is room at all. */
const END_CHARACTERS = 24;

export function CutUrl({ url }: { readonly url: string }) {
  if (url.length <= END_CHARACTERS) return <>{url}</>;
  return (
    <span class="middle">
      <span>{url.slice(0, -END_CHARACTERS)}</span>
      <span>{url.slice(-END_CHARACTERS)}</span>
    </span>
  );
}
