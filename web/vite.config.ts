/** Builds the dashboard into web/dist: static files that the service serves as they are, under a strict content security policy. */
import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

// Vite wants a default export.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [preact()],
  // Inlined assets would be data: URLs, which the policy refuses.
  build: { outDir: "dist", emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
