import { Button, Notice, Switch, TextField } from "@owlivion/sync-react";
import { type FormEvent, useId, useState } from "react";
import { Screen } from "../shell/screen.tsx";
import { Mark } from "../shell/icons.tsx";
import { type AdminClient, createAdminClient } from "./admin-client.ts";
import { AccountTables } from "./account-tables.tsx";
import { HealthPanels } from "./health-panels.tsx";
import { StoragePanels } from "./storage-panels.tsx";
import { TrafficPanels } from "./traffic-panels.tsx";
import { AdminContext } from "./use-admin.ts";

/** The operator's page: read-only, and in English as the rest of what operators read. The token is in memory alone. */
export default function AdminScreen() {
  const [client, setClient] = useState<AdminClient | null>(null);
  const [areEmailsShown, setAreEmailsShown] = useState(false);
  const id = useId();
  return (
    <div className="admin owl-scope" lang="en">
      <header className="shell__top">
        <span className="shell__brand">
          <Mark />
          <span>Owlivion Sync, operator</span>
        </span>
        {client === null ? null : <Button onClick={() => setClient(null)}>Leave</Button>}
      </header>
      <main className="admin__main">
        {client === null ? (
          <TokenForm onOpen={setClient} />
        ) : (
          <AdminContext value={client}>
            <Screen
              isWide
              title="How the server is doing"
              lead={
                <>
                  Everything here only reads. What changes something is on the command line:{" "}
                  <code className="nowrap">owlivion-sync --help</code>
                </>
              }
              actions={
                <>
                  <span id={id}>Show e-mail addresses</span>
                  <Switch isOn={areEmailsShown} onChange={setAreEmailsShown} labelledBy={id} />
                </>
              }
            >
              <TrafficPanels />
              <HealthPanels />
              <StoragePanels />
              <AccountTables areEmailsShown={areEmailsShown} />
            </Screen>
          </AdminContext>
        )}
      </main>
    </div>
  );
}

function TokenForm({ onOpen }: { readonly onOpen: (client: AdminClient) => void }) {
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const open = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const client = createAdminClient(token.trim());
    try {
      await client.get("epochs");
      onOpen(client);
    } catch (error) {
      const isOff = (error as { code?: unknown }).code === "NOT_FOUND";
      setProblem(
        isOff
          ? "This page is off: set ADMIN_TOKEN in the server's settings and start it again."
          : error instanceof Error
            ? error.message
            : String(error),
      );
    }
  };
  return (
    <Screen
      title="For the operator"
      lead="The page opens with ADMIN_TOKEN. It is kept in this tab's memory and nowhere else."
    >
      <form className="panel owl-stack" noValidate onSubmit={(event) => void open(event)}>
        {problem === null ? null : (
          <Notice tone="danger" isLive>
            {problem}
          </Notice>
        )}
        <TextField
          label="Admin token"
          type="password"
          autoComplete="off"
          value={token}
          onChange={({ target }) => setToken(target.value)}
        />
        <div className="owl-row">
          <Button type="submit" look="primary">
            Open
          </Button>
        </div>
      </form>
    </Screen>
  );
}
