// @ts-check
/** Says in one sentence what a Node that is too old must be, before anything of a newer one is asked of it. Must run on any Node. */

/**
 * @param {string} version as process.versions.node has it
 * @param {string} wanted as "engines" has it: ">=24.17"
 * @returns {string | null} null for one that is new enough
 */
function tooOld(version, wanted) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = wanted.replace(/^>=/, "").split(".").map(Number);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return null;
  return `storewalk needs Node ${leastMajor}.${leastMinor} or newer, and this is ${version}: get it from https://nodejs.org, or run npm ci in a checkout`;
}

module.exports = { tooOld };
