// Which program F5 means when no launch configuration says so.
import path from "node:path";
import * as vscode from "vscode";
import { isGuestProgram } from "./elf-file.ts";
import { findGuestPrograms } from "./elf-finder.ts";

/** A configuration for a program that nobody wrote one for. */
export function configurationFor(program: string): vscode.DebugConfiguration {
  return {
    type: "terrarium",
    request: "launch",
    name: `Debug ${path.basename(program)}`,
    program,
    plugins: { hotblocks: true },
  };
}

/** The ELF program in the active editor, whichever editor shows it. */
export async function activeProgram(): Promise<string | undefined> {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const uri = input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom ? input.uri : undefined;
  return uri?.scheme === "file" && (await isGuestProgram(uri.fsPath)) ? uri.fsPath : undefined;
}

/** The one in the active editor, else the only one in the workspace, else the user's choice; undefined when there is none. */
export async function chooseProgram(): Promise<string | undefined> {
  const active = await activeProgram();
  if (active) return active;
  const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  const programs = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: "Looking for RISC-V programs" },
    () => findGuestPrograms(folders),
  );
  if (programs.length <= 1) {
    if (programs.length === 0) await explainNothingFound(folders.length > 0);
    return programs[0]?.path;
  }
  const items = programs.map((program) => {
    const folder = vscode.workspace.asRelativePath(path.dirname(program.path));
    return {
      label: path.basename(program.path),
      description: folder === path.dirname(program.path) ? "" : folder,
      program: program.path,
    };
  });
  const picked = await vscode.window.showQuickPick(items, {
    title: "Debug with Terrarium",
    placeHolder: "Choose a program",
    matchOnDescription: true,
  });
  return picked?.program;
}

async function explainNothingFound(hasFolder: boolean): Promise<void> {
  const where = hasFolder ? "in this workspace" : "because no folder is open";
  await vscode.window.showErrorMessage(
    `Terrarium found no RISC-V program (static 64-bit ELF) ${where}. Build one, open it in the editor and press F5, or name it as "program" in launch.json.`,
  );
}

/** Commands of the explorer and of the ELF editor: starts a session on one file. */
export async function debugFile(uri: vscode.Uri | undefined, options: { noDebug: boolean }): Promise<void> {
  const program = uri?.fsPath ?? (await chooseProgram());
  if (program === undefined) return;
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(program));
  await vscode.debug.startDebugging(folder, configurationFor(program), { noDebug: options.noDebug });
}
