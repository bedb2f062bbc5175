// Between paths as the compiler recorded them and files of this machine.
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { Host } from "./host.ts";

/** Endings of a recorded path that are tried below a folder. */
const MAX_ENDINGS = 8;

export class SourcePaths {
  private readonly host: Host;
  /** Where sources are looked for when they are not at their recorded place: the program's folder, the workspace. */
  private readonly folders: readonly string[];
  private readonly found = new Map<string, string | undefined>();

  constructor(host: Host, programPath: string, workspace: string | undefined) {
    this.host = host;
    this.folders = [host.directoryOf(programPath), host.resolvePath(workspace ?? ".")];
  }

  /** The file that a recorded path means, if there is one. */
  find(recorded: string): string | undefined {
    if (!this.found.has(recorded)) this.found.set(recorded, this.search(recorded));
    return this.found.get(recorded);
  }

  source(recorded: string | undefined): DebugProtocol.Source | undefined {
    const path = recorded === undefined ? undefined : this.find(recorded);
    return path === undefined ? undefined : { name: path.split(/[/\\]/).at(-1), path };
  }

  private search(recorded: string): string | undefined {
    const isAbsolute = /^([/\\]|[A-Za-z]:)/.test(recorded);
    if (isAbsolute && this.host.isFile(recorded)) return recorded;
    const parts = recorded.split(/[/\\]/).filter((part) => part !== "" && part !== ".");
    const endings = parts.map((_, i) => parts.slice(i)).slice(isAbsolute ? -MAX_ENDINGS : 0);
    for (const ending of endings) {
      for (const folder of this.folders) {
        const path = this.host.resolvePath(folder, ...ending);
        if (this.host.isFile(path)) return path;
      }
    }
    return undefined;
  }
}
