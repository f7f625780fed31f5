import "@fontsource-variable/figtree/wght.css";
import "@owlivion/sync-react/styles.css";
import "./styles/page.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/app.tsx";
import { applyScheme, readScheme } from "./appearance/scheme.ts";
import { keepAppOffline } from "./offline/keep-app-offline.ts";

applyScheme(readScheme());
const element = document.querySelector("#app");
if (element === null) throw new Error("the page has no place for the app");
createRoot(element).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
if (import.meta.env.PROD) keepAppOffline();
