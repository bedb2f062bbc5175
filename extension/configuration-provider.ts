import * as vscode from "vscode";
import { faultOf, withAbsolutePaths, workspaceFolder } from "./configuration.ts";
import { ElfError, readElfSummary } from "./elf-file.ts";
import { findGuestPrograms } from "./elf-finder.ts";
import { chooseProgram, configurationFor } from "./program-choice.ts";

/** Completes and checks launch configurations; makes them up when there is no launch.json. */
export class TerrariumConfigurationProvider implements vscode.DebugConfigurationProvider {
  async provideDebugConfigurations(folder: vscode.WorkspaceFolder | undefined): Promise<vscode.DebugConfiguration[]> {
    const programs = folder ? await findGuestPrograms([folder.uri.fsPath], { programs: 10 }) : [];
    return programs.map(({ path }) => {
      const configuration = configurationFor(path);
      return { ...configuration, program: path.replace(folder!.uri.fsPath, workspaceFolder) };
    });
  }

  async resolveDebugConfiguration(
    _folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    if (configuration.type || configuration.request || configuration.name) return configuration;
    const program = await chooseProgram(); // F5 without a launch.json
    return program === undefined ? undefined : { ...configuration, ...configurationFor(program) };
  }

  async resolveDebugConfigurationWithSubstitutedVariables(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    const home = (folder ?? vscode.workspace.workspaceFolders?.[0])?.uri.fsPath;
    const complete = { ...configuration, ...withAbsolutePaths(configuration, home) };
    const fault = faultOf(complete) ?? (await programFault(complete.program));
    if (fault) {
      const open = "Open launch.json";
      void vscode.window
        .showErrorMessage(`Launch configuration "${configuration.name}": ${fault}.`, open)
        .then((chosen) => {
          if (chosen) return vscode.commands.executeCommand("workbench.action.debug.configure");
        });
      return undefined;
    }
    // Read by the adapter: where plugins of the workspace are, and whether they may run.
    return { ...complete, __workspace: home, __trusted: vscode.workspace.isTrusted };
  }
}

async function programFault(program: string): Promise<string | undefined> {
  try {
    const { unfit } = await readElfSummary(program);
    return unfit && `"program" ${program} cannot run: ${unfit}`;
  } catch (error) {
    if (error instanceof ElfError) return `"program" ${program}: ${error.message}`;
    const code = (error as NodeJS.ErrnoException).code;
    const reason = code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : String(error);
    return `"program" ${program}: ${reason}`;
  }
}
