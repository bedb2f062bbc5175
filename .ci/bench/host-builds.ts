// The benchmark programs built for this machine, by its own compiler. What was built is kept in the temporary folder
// under a name that follows from compiler and sources, because one program takes the compiler long.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildForHost, folder, isCxx, type Program } from "../../test-fixtures/bench/programs.ts";
import { isInstalled } from "./measure.ts";

const first = (commands: readonly (string | undefined)[]) =>
  commands.find((command) => command !== undefined && isInstalled(command));

export class HostBuilds {
  private readonly c = first([process.env.HOST_CC, "gcc", "cc", "clang"]);
  private readonly cxx = first([process.env.HOST_CXX, "g++", "c++", "clang++"]);
  private readonly sources = createHash("sha256");

  constructor(private readonly note: (text: string) => void) {
    for (const name of readdirSync(folder).sort())
      if (/\.(c|cpp|h|json)$/.test(name) && name !== "recorded.json")
        this.sources.update(readFileSync(path.join(folder, name)));
  }

  get compiler(): string | undefined {
    return this.c && version(this.c);
  }

  /** The built program; undefined where there is no compiler, or one that cannot build it. */
  build(program: Program): string | undefined {
    const compiler = isCxx(program) ? this.cxx : this.c;
    if (compiler === undefined) return undefined;
    const key = this.sources.copy().update(version(compiler)).digest("hex").slice(0, 16);
    const kept = path.join(tmpdir(), `terrarium-bench-${key}`);
    const output = path.join(kept, program.name);
    if (existsSync(output)) return output;
    mkdirSync(kept, { recursive: true });
    const unfinished = `${output}.${process.pid}`;
    this.note(`building ${program.name} with ${compiler}`);
    try {
      buildForHost(program, compiler, unfinished);
    } catch (error) {
      this.note(`not built for this machine: ${(error as Error).message}`);
      return undefined;
    }
    renameSync(unfinished, output);
    return output;
  }
}

const version = (compiler: string) =>
  spawnSync(compiler, ["--version"], { encoding: "utf8" }).stdout.split("\n")[0].trim();
