/** A store of the store master. */
export type Store = {
  readonly id: string;
  readonly name: string;
  readonly area: string;
};
