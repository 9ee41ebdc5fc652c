/** The service in six figures: how far its work is while there is some; at rest what there was, since a speed of nothing says nothing. */
import type { Overview } from "../../../sdk/src/api-types.ts";
import { count, counted, duration, rate, share } from "../parts/format.ts";

type Figure = readonly [name: string, value: string, about: string];

export function OverviewFigures({ overview }: { readonly overview: Overview | null }) {
  if (overview === null) return <Coming />;
  const isAtRest = overview.backlog.jobs === 0;
  return (
    <dl class="figures">
      {[...(isAtRest ? atRest(overview) : atWork(overview)), ...always(overview)].map(([name, value, about]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <strong>{value}</strong> <small>{about}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Keeps their room, so that nothing jumps when they are there. */
function Coming() {
  return (
    <div class="figures coming" aria-hidden="true">
      {["a", "b", "c", "d", "e", "f"].map((one) => (
        <div key={one} />
      ))}
    </div>
  );
}

function atWork({ backlog, running, images_per_second: perSecond }: Overview): readonly Figure[] {
  const isHeld = running.length > 0 && running.every(({ status }) => status === "paused");
  const left = backlog.eta_seconds;
  return [
    perSecond > 0
      ? ["Images per second", rate(perSecond), "now"]
      : ["Images per second", isHeld ? "Paused" : "Starting", isHeld ? "until somebody resumes it" : "no result yet"],
    [
      "Backlog",
      count(backlog.images),
      `${backlog.images === 1 ? "image" : "images"} in ${counted(backlog.jobs, "job")}`,
    ],
    left === null ? ["Time left", "Not known", "without a rate"] : ["Time left", duration(left), "at this rate"],
  ];
}

function atRest({ last_hour: hour, stores }: Overview): readonly Figure[] {
  return [
    ["Now", "At rest", "no image waits"],
    ["Last hour", count(hour.done), hour.done === 1 ? "image done" : "images done"],
    ["Stores", count(stores), "in the store master"],
  ];
}

function always({ last_hour: hour, gpu, fleet }: Overview): readonly Figure[] {
  return [
    hour.failed === 0
      ? ["Failed", "None", "in the last hour"]
      : ["Failed", share(hour.failed, hour.done), `${count(hour.failed)} of ${count(hour.done)} in the last hour`],
    gpu.utilisation === null
      ? ["GPU", "None", "no worker has told of one"]
      : [
          "GPU",
          gpu.busy === 0 ? "Idle" : share(gpu.utilisation, 1),
          `${count(gpu.busy)} of ${count(gpu.places)} places busy`,
        ],
    fleet.members === 0
      ? ["Workers", "None", "jobs wait until one is started"]
      : ["Workers", count(fleet.members), counted(fleet.threads, "thread")],
  ];
}
