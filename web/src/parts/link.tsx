/** A link within the dashboard: a real one for the keyboard, a new tab and a copy, and no reload for a plain click. */
import type { ComponentChildren } from "preact";
import { navigate } from "../router.ts";

type Properties = {
  readonly href: string;
  readonly class?: string;
  readonly "aria-current"?: "page" | "false";
  readonly children: ComponentChildren;
};

export function Link({ href, children, ...rest }: Properties) {
  const onClick = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(href);
  };
  return (
    <a href={href} onClick={onClick} {...rest}>
      {children}
    </a>
  );
}
