/** What stands behind measuring: the simulated GPU today, an inference server tomorrow. Types only. */
import type { Measured } from "../../domain/image.ts";

export type Processor = {
  /** Resolves when the image was processed. `lane` shares the device fairly with others. Throws ImageFault when it refuses the image. */
  process(image: Measured, lane: string, signal: AbortSignal): Promise<void>;
  /** Share of the device's places in use since the start, 0 to 1. */
  utilisation(): number;
};
