import * as vscode from "vscode";
import { withAbsolutePaths, workspaceFolder } from "./configuration.ts";
import { findGuestPrograms } from "./elf-finder.ts";
import { chooseProgram, configurationFor } from "./program-choice.ts";

/** Completes launch configurations; makes them up when there is no launch.json. */
export class TerrariumConfigurationProvider implements vscode.DebugConfigurationProvider {
  async provideDebugConfigurations(folder: vscode.WorkspaceFolder | undefined): Promise<vscode.DebugConfiguration[]> {
    if (!folder) return [];
    const programs = await findGuestPrograms([folder.uri.fsPath], { programs: 10 });
    return programs.map(({ path }) => ({
      ...configurationFor(path),
      program: path.replace(folder.uri.fsPath, workspaceFolder),
    }));
  }

  async resolveDebugConfiguration(
    _folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    if (configuration.type || configuration.request || configuration.name) return configuration;
    const program = await chooseProgram(); // F5 without a launch.json
    return program === undefined ? undefined : { ...configuration, ...configurationFor(program) };
  }

  resolveDebugConfigurationWithSubstitutedVariables(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): vscode.DebugConfiguration {
    const home = (folder ?? vscode.workspace.workspaceFolders?.[0])?.uri.fsPath;
    // Read by the adapter: where plugins of the workspace are, and whether they may run.
    const internal = { __workspace: home, __trusted: vscode.workspace.isTrusted };
    return { ...(home === undefined ? configuration : withAbsolutePaths(configuration, home)), ...internal };
  }
}
