/** What `doctor` says about one part of the set-up. */
export type Finding = { readonly state: "fine" | "note" | "wrong"; readonly text: string };

export const fine = (text: string): Finding => ({ state: "fine", text });
export const note = (text: string): Finding => ({ state: "note", text });
export const wrong = (text: string): Finding => ({ state: "wrong", text });
