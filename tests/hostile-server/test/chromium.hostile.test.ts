import { startChromiumDriver } from "../src/device/chromium-driver.ts";
import { hostileSuite } from "./suite.ts";

hostileSuite("the SDK in Chromium", startChromiumDriver);
