/** What a crowd is told, and what it reports. */
import { once } from "node:events";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";
import { type Ends, startHelper } from "./processes.ts";

export const CrowdPlan = Type.Object({
  address: Type.String(),
  host: Type.String(),
  jobId: Type.Integer(),
  pollers: Type.Integer(),
  slowSockets: Type.Integer(),
  deafReaders: Type.Integer(),
  submitsPerSecond: Type.Number(),
  imagesASubmit: Type.Integer(),
});

export type CrowdPlan = Static<typeof CrowdPlan>;

export const CrowdReport = Type.Object({
  accepted: Type.Array(Type.Object({ jobId: Type.Integer(), tag: Type.String(), images: Type.Integer() })),
  sent: Type.Integer(),
  submitAnswers: Type.Record(Type.String(), Type.Integer()),
  pollAnswers: Type.Record(Type.String(), Type.Integer()),
  pollP50: Type.Number(),
  pollP99: Type.Number(),
  slowCut: Type.Integer(),
});
export type CrowdReport = Static<typeof CrowdReport>;

export type Crowd = {
  /** Ends what it does; resolves to what came of it. */
  stop(): Promise<CrowdReport>;
};

export function startCrowd(ends: Ends, plan: CrowdPlan): Crowd {
  const child = startHelper(ends, "./crowd.ts", { CROWD: JSON.stringify(plan) });
  return {
    async stop() {
      const reported = once(child, "message");
      child.send("stop");
      const [report] = await reported;
      return Value.Parse(CrowdReport, report);
    },
  };
}
