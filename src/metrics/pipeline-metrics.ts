/** Where the images of this process are, how long each stage takes, how busy the GPU is. Read from the threads' cells when asked for. */
import { Counter, Gauge, type Registry } from "prom-client";
import { type PipelineReading, STAGE_BUCKETS_SECONDS, STAGES } from "../pipeline/stage-cells.ts";
import { addReadHistogram } from "./read-histogram.ts";

export function addPipelineMetrics(registry: Registry, read: () => PipelineReading): void {
  const registers = [registry];
  addReadHistogram({
    registry,
    name: "storewalk_image_stage_seconds",
    help: "Time that an image with an outcome spent in a stage; total is all of them, without the wait for its turn",
    label: "stage",
    bounds: STAGE_BUCKETS_SECONDS,
    read: () => read().times,
  });
  new Gauge({
    name: "storewalk_images_in_flight",
    help: "Images in each stage; waiting is the line before their host",
    labelNames: ["stage"],
    registers,
    collect() {
      const { inFlight } = read();
      for (const stage of STAGES) this.set({ stage }, inFlight[stage]);
    },
  });
  new Gauge({
    name: "storewalk_gpu_places",
    help: "Images or batches that the GPU takes at a time",
    registers,
    collect() {
      this.set(read().gpu.places);
    },
  });
  new Gauge({
    name: "storewalk_gpu_busy_places",
    help: "Places of the GPU that are taken",
    registers,
    collect() {
      this.set(read().gpu.busyPlaces);
    },
  });
  new Counter({
    name: "storewalk_gpu_busy_seconds_total",
    help: "Sum over the GPU's places of the time for which each was taken",
    registers,
    collect() {
      this.reset();
      this.inc(read().gpu.busySeconds);
    },
  });
}
