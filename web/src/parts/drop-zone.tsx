/** A place to drop files on, or to choose them. */
import { useState } from "preact/hooks";
import { droppedFiles } from "./dropped-files.ts";

export function DropZone(properties: {
  /** Of the files that may be chosen, as an input's `accept`. */
  readonly accept: string;
  readonly text: string;
  readonly multiple?: boolean;
  readonly disabled?: boolean;
  /** Whether folders may be dropped too; what is in them comes as files. */
  readonly folders?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}) {
  const [over, setOver] = useState(false);
  const give = (list: FileList | readonly File[] | null | undefined) => {
    setOver(false);
    if (list && list.length > 0 && properties.disabled !== true) properties.onFiles([...list]);
  };
  return (
    <label
      class={over ? "drop over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        const transfer = event.dataTransfer;
        if (properties.folders !== true || !transfer) give(transfer?.files);
        else void droppedFiles(transfer).then(give);
      }}
    >
      <input
        type="file"
        accept={properties.accept}
        multiple={properties.multiple ?? false}
        disabled={properties.disabled ?? false}
        onChange={(event) => {
          give(event.currentTarget.files);
          // The same file may come again, mended.
          event.currentTarget.value = "";
        }}
      />
      <span>{properties.text}</span>
    </label>
  );
}
