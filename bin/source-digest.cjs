// @ts-check
/** The digest of source files, by which a bundle knows the sources that it was built from. Plain JavaScript: it runs before anything else. */
const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

/**
 * Throws when a file cannot be read.
 * @param {string} root the folder of the checkout
 * @param {readonly string[]} files paths within it
 * @returns {string}
 */
function digestOf(root, files) {
  const digest = createHash("sha256");
  for (const file of files) {
    const content = readFileSync(join(root, file));
    digest.update(`${file}\0${content.length}\0`).update(content);
  }
  return digest.digest("hex");
}

module.exports = { digestOf };
