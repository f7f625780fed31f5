import { fileURLToPath } from "node:url";
import { defaultClientConditions, type InlineConfig } from "vite";
import { precacheList } from "./precache-list.ts";

export const webRoot = fileURLToPath(new URL("..", import.meta.url));

/** Vite's settings, for the build and for `npm run dev`. Nothing is inlined: the page's policy allows no `data:` scripts or styles. */
export const webConfig: InlineConfig = {
  root: webRoot,
  configFile: false,
  resolve: { conditions: ["@owlivion/source", ...defaultClientConditions] },
  server: { proxy: { "/api": "http://localhost:3000", "/health": "http://localhost:3000" } },
  plugins: [precacheList()],
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    manifest: true,
    rollupOptions: {
      input: { index: `${webRoot}/index.html`, "service-worker": `${webRoot}/src/offline/service-worker.ts` },
      output: {
        entryFileNames: ({ name }) => (name === "service-worker" ? "service-worker.js" : "assets/[name]-[hash].js"),
      },
    },
  },
};
