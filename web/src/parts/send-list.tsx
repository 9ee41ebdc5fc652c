/** Where a file is dropped that the service takes whole or not at all. What is wrong with it is shown by line. */
import { useState } from "preact/hooks";
import { call } from "../service/call.ts";
import { DropZone } from "./drop-zone.tsx";
import { type Fault, FaultNote, faultOf } from "./fault-note.tsx";
import { listType } from "./list-type.ts";

export function SendList<T>(properties: {
  readonly to: string;
  readonly accept: string;
  readonly text: string;
  readonly onSent: (answer: T) => void;
}) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);

  async function send([file]: readonly File[]): Promise<void> {
    if (!file) return;
    setBusy(true);
    setFault(null);
    const type = listType(file) ?? "text/csv";
    try {
      const answer = await call<T>(properties.to, { method: "POST", headers: { "content-type": type }, body: file });
      properties.onSent(answer);
    } catch (cause) {
      setFault(faultOf(cause));
    }
    setBusy(false);
  }

  return (
    <>
      <DropZone
        accept={properties.accept}
        text={busy ? "Being read …" : properties.text}
        disabled={busy}
        onFiles={(files) => void send(files)}
      />
      <FaultNote fault={fault} sentence={(problems) => `Nothing was changed: ${problems} must be mended first.`} />
    </>
  );
}
