import { lazy, Suspense } from "react";
import { Route, Switch } from "wouter";
import { TextProvider } from "../i18n/text-provider.tsx";
import { PersonApp } from "./person-app.tsx";

const AdminScreen = lazy(() => import("../admin/admin-screen.tsx"));
const DemoScreen = lazy(() => import("../screens/demo/demo-screen.tsx"));

export function App() {
  return (
    <TextProvider>
      <Suspense fallback={null}>
        <Switch>
          <Route path="/admin/*?" component={AdminScreen} />
          <Route path="/demo" component={DemoScreen} />
          <Route component={PersonApp} />
        </Switch>
      </Suspense>
    </TextProvider>
  );
}
