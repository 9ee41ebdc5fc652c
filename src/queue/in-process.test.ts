import { createInProcessQueue } from "./in-process.ts";
import { describeQueue } from "./queue.contract.ts";

describeQueue("the in-process queue", async () => createInProcessQueue());
