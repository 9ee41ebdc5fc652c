/** A place to drop files on, or to choose them. */
import { useState } from "preact/hooks";
import { droppedFiles } from "./dropped-files.ts";
import { FileButton } from "./file-button.tsx";

export function DropZone(properties: {
  /** Of the files that may be chosen, as an input's `accept`. */
  readonly accept: string;
  readonly text: string;
  /** What stands on the button, where something was chosen. */
  readonly button?: string;
  readonly multiple?: boolean;
  readonly disabled?: boolean;
  /** Whether folders may be given too; what is in them comes as files. */
  readonly folders?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}) {
  const { accept, text, button, multiple = false, disabled = false, folders = false, onFiles } = properties;
  const [over, setOver] = useState(false);
  const give = (list: FileList | readonly File[] | null | undefined) => {
    setOver(false);
    if (list && list.length > 0 && !disabled) onFiles([...list]);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: for those who drag; everybody else has the buttons in it
    <div
      class={over ? "drop over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        const transfer = event.dataTransfer;
        if (!folders || !transfer) give(transfer?.files);
        else void droppedFiles(transfer).then(give);
      }}
    >
      <p>{text}</p>
      <div class="buttons">
        <FileButton
          text={button ?? (multiple ? "Choose files" : "Choose a file")}
          accept={accept}
          multiple={multiple}
          disabled={disabled}
          onFiles={give}
        />
        {folders ? <FileButton text="Choose a folder" folder={true} disabled={disabled} onFiles={give} /> : null}
      </div>
    </div>
  );
}
