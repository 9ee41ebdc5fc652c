/** What the service says of a file, in the words of a page: what is asked for as a parameter of the API is asked below. */

export function inPageWords(detail: string): string {
  return detail
    .replace(/: dates=\w+(?: or dates=\w+)*$/, " below")
    .replace(/ Say which is which: columns=.*$/, " Say below which is which.")
    .replace(/; columns=.*$/, "");
}
