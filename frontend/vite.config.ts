import { defineConfig } from "vitest/config";

// Everything is built into the Python package, so that a wheel carries it and needs no Node.
export default defineConfig({
  base: "./",
  build: {
    outDir: "../gridwell/static/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    // An inlined file would be a data: address, and a preload helper would be an inline script.
    assetsInlineLimit: 0,
    modulePreload: false,
    rollupOptions: {
      input: ["src/desk.ts", "src/desk.css", "src/print.css", "src/screening/app.ts", "src/screening/kit.ts", "src/screening/worker.ts"],
    },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.ts"],
  },
});
