import { nodeDriver } from "../src/device/node-driver.ts";
import { hostileSuite } from "./suite.ts";

hostileSuite("the SDK in Node", () => Promise.resolve(nodeDriver));
