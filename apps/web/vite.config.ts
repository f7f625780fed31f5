// `npm run dev -w apps/web`, beside a server on port 3000. The build is in build/.
import { webConfig } from "./build/web-config.ts";

const { configFile: _, ...config } = webConfig;
export default config;
