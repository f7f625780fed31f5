import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { Plugin } from "vite";

/** What the operator alone opens is not kept on everybody's device. */
const notKept = /^assets\/(?:admin|uplot)/i;

const publicFolder = new URL("../public/", import.meta.url);

/** Tells the service worker which files make up this build, so that another build is another service worker. */
export function precacheList(): Plugin {
  return {
    name: "precache-list",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      const worker = bundle["service-worker.js"];
      if (worker?.type !== "chunk") throw new Error("the build has no service worker");
      const files = Object.values(bundle).filter(
        ({ fileName }) => fileName !== worker.fileName && !fileName.startsWith(".vite/") && !notKept.test(fileName),
      );
      const hash = createHash("sha256");
      for (const file of files.toSorted((a, b) => (a.fileName < b.fileName ? -1 : 1))) {
        hash.update(file.fileName).update(file.type === "chunk" ? file.code : file.source);
      }
      const copied = readdirSync(publicFolder);
      for (const name of copied) hash.update(name).update(readFileSync(new URL(name, publicFolder)));
      const paths = files.map(({ fileName }) => (fileName === "index.html" ? "/" : `/${fileName}`));
      const build = {
        id: hash.digest("hex").slice(0, 16),
        paths: [...paths, ...copied.map((name) => `/${name}`)].toSorted(),
      };
      worker.code = `self.build = ${JSON.stringify(build)};\n${worker.code}`;
    },
  };
}
