// Runs a function under a time limit, on this thread. The limit ends code that never returns (a plugin's endless
// loop), at the price of a watchdog thread per call: use it around slices, not around calls.
import vm from "node:vm";

interface Context {
  run(): void;
}

/** Made when it is first wanted: a run without plugins never wants it. */
let context: Context | undefined;
const script = new vm.Script("run()", { filename: "time-limit" });

export class TimeLimitError extends Error {
  constructor(readonly milliseconds: number) {
    super(`did not return within ${milliseconds} ms`);
  }
}

/** Calls `work`; throws TimeLimitError when it does not return in time. Nested calls keep the outer limit too. */
export function withTimeLimit<T>(milliseconds: number, work: () => T): T {
  let result: { value: T } | undefined;
  context ??= vm.createContext({ run: () => {} }, { name: "terrarium time limit" }) as Context;
  const limited = context;
  const outer = limited.run;
  limited.run = () => {
    result = { value: work() };
  };
  try {
    script.runInContext(limited, { timeout: milliseconds });
  } catch (error) {
    if ((error as { code?: string }).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") throw new TimeLimitError(milliseconds);
    throw error;
  } finally {
    limited.run = outer;
  }
  return result!.value;
}
