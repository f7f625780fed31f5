import { Button, Notice, SyncProvider } from "@owlivion/sync-react";
import { useState } from "react";
import { Link } from "wouter";
import { useText } from "../../i18n/text-provider.tsx";
import { useTask } from "../../session/use-task.ts";
import { Mark } from "../../shell/icons.tsx";
import { Screen } from "../../shell/screen.tsx";
import { type Demo, startDemo } from "./demo-devices.ts";
import { DemoPane } from "./demo-pane.tsx";

/** Two devices on one page, each with a switch for its network: what sync does, in a minute. */
export default function DemoScreen() {
  const { text } = useText();
  const task = useTask();
  const [demo, setDemo] = useState<Demo | null>(null);
  const names = [text("demo.laptop"), text("demo.phone")] as const;
  const start = (): void => void task.run(async () => setDemo(await startDemo(names)));
  const end = (running: Demo): void =>
    void task.run(async () => {
      await running.end();
      setDemo(null);
    });
  return (
    <div className="demo owl-scope">
      <header className="demo__top">
        <Link href="/" className="shell__brand">
          <Mark />
          <span>{text("app.name")}</span>
        </Link>
      </header>
      <main>
        <Screen
          isWide
          title={text("demo.title")}
          lead={text("demo.lead")}
          actions={
            demo === null ? (
              <Button look="primary" aria-disabled={task.isRunning} onClick={start}>
                {task.isRunning ? text("demo.starting") : text("demo.start")}
              </Button>
            ) : (
              <Button aria-disabled={task.isRunning} onClick={() => end(demo)}>
                {text("demo.end")}
              </Button>
            )
          }
        >
          {task.error === null ? null : (
            <Notice tone="danger" isLive>
              {task.error}
            </Notice>
          )}
          <ol className="demo__steps">
            <li>{text("demo.step1")}</li>
            <li>{text("demo.step2")}</li>
            <li>{text("demo.step3")}</li>
          </ol>
          {demo === null ? null : (
            <div className="demo__panes">
              {demo.devices.map((device, i) => (
                <SyncProvider key={names[i]} sync={device.sync}>
                  <DemoPane name={names[i] ?? ""} device={device} />
                </SyncProvider>
              ))}
            </div>
          )}
        </Screen>
      </main>
    </div>
  );
}
