/** A list that comes in pages: `for await` goes over all elements, `pages()` over the pages, each asked for when it is needed. */
import type { Query, Transport } from "./transport.ts";

export type Page<T> = { readonly data: readonly T[]; readonly next_cursor: string | null; readonly has_more: boolean };

export class Pages<T> implements AsyncIterable<T> {
  readonly #read: (cursor: string | null) => Promise<Page<T>>;

  constructor(read: (cursor: string | null) => Promise<Page<T>>) {
    this.#read = read;
  }

  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    let cursor: string | null = null;
    do {
      const page: Page<T> = await this.#read(cursor);
      yield page;
      cursor = page.next_cursor;
    } while (cursor !== null);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const page of this.pages()) yield* page.data;
  }

  /** The first page, for who needs no more. */
  async first(): Promise<Page<T>> {
    return await this.#read(null);
  }
}

export function pagesOf<T>(transport: Transport, path: string, filter: Query): Pages<T> {
  return new Pages<T>((cursor) => transport.json(path, { query: { ...filter, cursor } }));
}
