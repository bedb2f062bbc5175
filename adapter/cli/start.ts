// What `terrarium` begins with: loads the command line (main.ts, bundled as command-line.js), hands it the arguments, and
// turns what comes back into an exit status. `run` is loaded with its compiled code, and starts without optimising.
import { createRequire } from "node:module";
import path from "node:path";
import { loadScript } from "../host/code-cache.ts";
import { holdOptimising } from "../host/engine-flags.ts";
import { here } from "../host/here.ts";
import { ownFolder } from "../host/own-folder.ts";

type CommandLine = typeof import("./main.ts");

const file = path.join(here, "command-line.js");

async function start(args: string[]): Promise<number> {
  if (args[0] !== "run") {
    const { main } = createRequire(file)(file) as CommandLine;
    return (await main(args)).status;
  }
  holdOptimising();
  const script = loadScript(file, ownFolder("code"));
  const { main } = script.exports as CommandLine;
  const { status, done } = await main(args);
  if (!done) return status;
  if (!script.known) {
    holdOptimising(); // as on loading
    script.keep();
  }
  process.exit(status); // before the garbage is collected once more
}

start(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});
