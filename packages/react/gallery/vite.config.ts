import { defineConfig } from "vite";

export default defineConfig({
  resolve: { conditions: ["@owlivion/source", "module", "browser", "development|production"] },
});
