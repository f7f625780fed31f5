import type { Cases } from "../case.ts";
import { accountCases } from "./accounts.ts";
import { compatibleCases } from "./compatible.ts";
import { httpCases } from "./http.ts";
import { judgingCases } from "./judging.ts";
import { keepingCases } from "./keeping.ts";
import { limitCases } from "./limits.ts";
import { operatorCases } from "./operator.ts";
import { orderCases } from "./order.ts";
import { readingCases } from "./reading.ts";
import { stateCases } from "./state.ts";
import { uploadCases } from "./uploads.ts";
import { whoCases } from "./who.ts";

export const allCases: Cases = [
  ...orderCases,
  ...stateCases,
  ...judgingCases,
  ...uploadCases,
  ...readingCases,
  ...compatibleCases,
  ...keepingCases,
  ...whoCases,
  ...accountCases,
  ...httpCases,
  ...operatorCases,
  ...limitCases,
];
