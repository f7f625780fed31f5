import { parseArgs } from "node:util";
import { engineMutants } from "./engine-mutants.ts";
import { hunt } from "./hunt.ts";

// A process for one mutant. Nothing of the product is loaded before it is planted.
const { values } = parseArgs({
  options: {
    hunt: { type: "string", default: "" },
    max: { type: "string", default: "0" },
    from: { type: "string", default: "1" },
    shrink: { type: "boolean", default: false },
  },
});
const mutant = engineMutants.find(({ id }) => id === values.hunt);
if (mutant === undefined) throw new Error(`there is no mutant ${values.hunt}`);
const options = { from: Number(values.from), maxSeeds: Number(values.max), isShrunk: values.shrink };
process.send!(await hunt(mutant, options));
process.disconnect();
