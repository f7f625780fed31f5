import { type ReactNode, useEffect, useState } from "react";
import { Button, english, LanguageProvider, useWords } from "../src/index.ts";
import { turkish } from "../src/messages/turkish.ts";
import { parts } from "./parts.ts";
import type { GalleryPart } from "./parts/gallery-part.tsx";

const readQuery = (name: string): string | null => new URLSearchParams(location.search).get(name);

/** Every state of every component. `?scheme=dark&language=tr&part=Conflicts` chooses. */
export function Gallery() {
  const [isTurkish, setIsTurkish] = useState(readQuery("language") === "tr");
  const [scheme, setScheme] = useState(readQuery("scheme") ?? "light");
  const language = isTurkish ? turkish : english;
  useEffect(() => {
    document.documentElement.dataset["owlScheme"] = scheme;
    document.documentElement.lang = language.locale;
  }, [scheme, language]);
  const wanted = readQuery("part");
  return (
    <LanguageProvider language={language}>
      <main className="owl-scope gallery">
        <header className="gallery__head">
          <h1 className="owl-title owl-title--page">Owlivion Sync</h1>
          <div className="owl-row">
            <Button size="small" onClick={() => setIsTurkish(!isTurkish)}>
              {isTurkish ? "English" : "Türkçe"}
            </Button>
            <Button size="small" onClick={() => setScheme(scheme === "dark" ? "light" : "dark")}>
              {scheme === "dark" ? "Light" : "Dark"}
            </Button>
          </div>
        </header>
        {parts
          .filter(({ name }) => wanted === null || name === wanted)
          .map((part) => (
            <Part key={part.name} part={part} />
          ))}
      </main>
    </LanguageProvider>
  );
}

function Part({ part: { name, states } }: { readonly part: GalleryPart }) {
  return (
    <section aria-label={name}>
      <h2 className="owl-title owl-title--page gallery__part">{name}</h2>
      <div className="gallery__states">
        {states.map((state) => (
          <div
            key={state.name}
            className={`gallery__state${state.isWide === true ? " gallery__state--wide" : ""}`}
            data-state={state.name}
          >
            <div className="gallery__name">{state.name}</div>
            <State>{state.show}</State>
          </div>
        ))}
      </div>
    </section>
  );
}

function State({ children }: { readonly children: (words: ReturnType<typeof useWords>) => ReactNode }) {
  return children(useWords());
}
