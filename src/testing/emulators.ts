/** Where emulators of object stores are installed (.ci/services): with 420 packages they are no part of our own dependencies. Tests only. */
import { needsFile } from "./test-services.ts";

const FOLDER = "/opt/storewalk-emulators";
const GET = `npm install --prefix ${FOLDER} --ignore-scripts azurite@3.37.0 @20minutes/s3rver@5.0.0`;

/** `skip` for `describe`: false when it is there. */
export function emulator(file: string): { readonly path: string; readonly skip: string | false } {
  const path = `${FOLDER}/node_modules/${file}`;
  return { path, skip: needsFile(path, GET) };
}
