/** Entry of a decoding process. Started by `decode-process.ts` only. */
import { runDecodeChild } from "./run-decode-child.ts";

runDecodeChild();
