import { createConnection } from "node:net";

/** Sends bytes as they stand to an http: address, and answers what came back until the server closed or a while after. */
export async function rawRequest(url: string, request: string, patienceMs = 30_000): Promise<string> {
  const { hostname, port } = new URL(url);
  return await new Promise((resolve) => {
    let reply = "";
    const socket = createConnection({ port: Number(port === "" ? 80 : port), host: hostname }, () =>
      socket.write(request),
    );
    socket.setTimeout(patienceMs, () => socket.destroy());
    socket.on("data", (chunk) => (reply += chunk.toString()));
    socket.on("error", () => {});
    socket.on("close", () => resolve(reply));
  });
}
