/** Chooses files by a button of the page's own looks: what was chosen is shown by whoever takes it, not beside the button. */

export type Choosing = {
  readonly text: string;
  /** Of the files that may be chosen, as an input's `accept`. */
  readonly accept?: string;
  readonly multiple?: boolean;
  /** A whole folder. */
  readonly folder?: boolean;
  readonly disabled?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
};

export function FileButton({ text, accept, multiple = false, folder = false, disabled = false, onFiles }: Choosing) {
  return (
    <label class="file-choice">
      <input
        type="file"
        accept={accept}
        multiple={multiple || folder}
        disabled={disabled}
        {...(folder && { webkitdirectory: true })}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          // The same file may come again, mended.
          currentTarget.value = "";
          if (files.length > 0) onFiles(files);
        }}
      />
      <span class="button">{text}</span>
    </label>
  );
}
