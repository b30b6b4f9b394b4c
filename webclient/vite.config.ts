import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  // Relative, so the client works under any path and inside a frame.
  base: "./",
  build: {
    target: "es2022",
    // dist holds two committed files; dev/clean.mjs empties the rest.
    emptyOutDir: false,
    // A data: URL would need img-src data: in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
