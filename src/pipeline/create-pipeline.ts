/** Puts one thread's pipeline together: fetching behind the guard, measuring, the simulated GPU. Decides nothing of its own. */
import type { UploadPlace } from "../domain/upload-place.ts";
import { openPaceTable, type PaceMemory } from "./fetch/pace-table.ts";
import { DEFAULT_FETCH_SETTINGS, type FetchSettings } from "./fetch/settings.ts";
import { createFileRoom } from "./file-room.ts";
import { createRandom } from "./gpu/random.ts";
import { createSimulatedGpu, type GpuSettings } from "./gpu/simulated-gpu.ts";
import { createHostLines, type HostLines } from "./host-lines.ts";
import { createImageInspector } from "./inspect-image.ts";
import { createDecoder } from "./measure/decode-pool.ts";
import { createImageMeasurer, DEFAULT_MAX_HEADER_BYTES } from "./measure/measure-image.ts";
import { createImageOpener, type ImageOpener } from "./open-images.ts";
import { createImageProcessor, type ProcessImage } from "./process-image.ts";
import type { StageCells } from "./stage-cells.ts";
import { createStageTimes, type StageTimes } from "./stage-times.ts";

/** Plain data: it crosses to the thread as a message. */
export type PipelineSettings = {
  readonly guard: { readonly allowHosts: readonly string[]; readonly connectMs: number };
  readonly fetch: Partial<FetchSettings>;
  readonly uploads: UploadPlace | null;
  readonly measure: {
    readonly maxPixels: number;
    readonly decodeMs: number;
    readonly decodeMemoryBytes: number;
    readonly decodeProcesses: number;
  };
  /** Without a seed each start draws its own times. */
  readonly gpu: GpuSettings & { readonly seed: number | null };
};

/** With where the thread counts, which is shared with the one that replaces it, and with its number among those that share the hosts' paces. */
export type ThreadSettings = PipelineSettings & {
  readonly cells: StageCells;
  readonly paces: { readonly memory: PaceMemory; readonly thread: number };
};

/** Images that have begun, at most: while one is measured or between two requests, another uses its place. */
const IMAGES_A_CONNECTION = 2;

/** Files of a few megabytes: enough that the next are there when one was decoded, from a host that is far away too. */
const WHOLE_BYTES_A_DECODER = 32 * 2 ** 20;

export type Pipeline = {
  readonly processImage: ProcessImage;
  /** Where an image waits until it may be processed. */
  readonly hostLines: Pick<HostLines, "lineUp" | "look" | "waiting">;
  readonly hosts: Omit<ImageOpener["hosts"], "crowdOf">;
  readonly countWaiting: StageTimes["wait"];
  /** This thread's share of what all threads of all processes may fetch at a time from one host. */
  limitPerHost(connections: number): void;
  close(): Promise<void>;
};

export function createPipeline(
  settings: ThreadSettings,
  {
    onBug,
    onHostGivenUp,
  }: { readonly onBug: (error: unknown) => void; readonly onHostGivenUp: (sentence: string) => void },
  /** The module that decodes in a process of its own, when it is not the usual one. */
  decodeChild?: URL,
): Pipeline {
  const fetchSettings = { ...DEFAULT_FETCH_SETTINGS, ...settings.fetch };
  const hostLines = createHostLines(IMAGES_A_CONNECTION * fetchSettings.connectionsPerHost, (host) =>
    opener.hosts.crowdOf(host),
  );
  const opener = createImageOpener({
    guard: settings.guard,
    settings: fetchSettings,
    uploads: settings.uploads,
    paces: openPaceTable(settings.paces.memory, settings.paces.thread),
    onHostGivenUp,
    onWaited: hostLines.goOn,
  });
  const decoder = createDecoder({
    maxPixels: settings.measure.maxPixels,
    timeLimitMs: settings.measure.decodeMs,
    maxMemoryBytes: settings.measure.decodeMemoryBytes,
    children: settings.measure.decodeProcesses,
    entry: decodeChild,
  });
  const measurer = createImageMeasurer({
    maxPixels: settings.measure.maxPixels,
    maxHeaderBytes: DEFAULT_MAX_HEADER_BYTES,
    decoder,
  });
  const times = createStageTimes({
    cells: settings.cells,
    now: () => performance.now(),
  });
  const gpu = createSimulatedGpu({
    settings: settings.gpu,
    random: settings.gpu.seed === null ? Math.random : createRandom(settings.gpu.seed),
    now: Date.now,
    after: (ms, done) => void setTimeout(done, ms),
    onUse: times.useGpu,
  });
  return {
    processImage: createImageProcessor({
      openImage: opener.openImage,
      measure: measurer.measure,
      inspect: createImageInspector(decoder),
      room: createFileRoom(WHOLE_BYTES_A_DECODER * settings.measure.decodeProcesses),
      gpu,
      times,
      onBug,
    }),
    hostLines,
    hosts: opener.hosts,
    countWaiting: times.wait,
    limitPerHost(share) {
      const connections = Math.max(1, Math.min(share, fetchSettings.connectionsPerHost));
      opener.limitPerHost(connections);
      hostLines.limitPerHost(IMAGES_A_CONNECTION * connections);
    },
    async close() {
      await opener.close();
      await measurer.close();
    },
  };
}
