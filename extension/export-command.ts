// The command that writes a plugin view in the format of another tool.
import * as vscode from "vscode";
import {
  type ExportArguments,
  type ExportFormatsResult,
  type ExportResult,
  exportFormatsRequest,
  exportRequest,
} from "../adapter/dap/export-protocol.ts";
import { formatChoices, viewChoices } from "./export-choices.ts";
import type { SessionViews } from "./session-views.ts";

/** Asks for the view, the format and the file, and writes it. */
export async function exportView(sessions: SessionViews): Promise<void> {
  const { current } = sessions;
  if (!current || current.ended) {
    void vscode.window.showErrorMessage(
      "A plugin view can be exported while its session runs or is stopped. " +
        "To export at the end of a run, use terrarium run --export in a terminal.",
    );
    return;
  }
  const { session } = current;
  const [{ formats }] = await Promise.all([
    session.customRequest(exportFormatsRequest) as Thenable<ExportFormatsResult>,
    sessions.refresh(),
  ]);
  const views = viewChoices(sessions.current?.body?.views ?? [], formats);
  if (views.length === 0) {
    void vscode.window.showErrorMessage("No plugin of this session shows anything yet.");
    return;
  }
  const title = "Export Plugin View";
  const chosen =
    views.length === 1
      ? views[0]
      : await vscode.window.showQuickPick(views, { title, placeHolder: "Choose a view", matchOnDescription: true });
  if (!chosen) return;
  const format = await vscode.window.showQuickPick(formatChoices(chosen.view, formats), {
    title: `${title}: ${chosen.label}`,
    placeHolder: "Choose a format",
    matchOnDetail: true,
  });
  if (!format) return;
  const wanted: ExportArguments = { format: format.label, plugin: chosen.view.plugin, title: chosen.view.title };
  try {
    const made: ExportResult = await session.customRequest(exportRequest, wanted);
    await save(made, title);
  } catch (error) {
    void vscode.window.showErrorMessage(`Export: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function save({ content, fileName }: ExportResult, title: string): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const defaultUri = folder ? vscode.Uri.joinPath(folder, fileName) : vscode.Uri.file(fileName);
  const file = await vscode.window.showSaveDialog({ title, defaultUri });
  if (!file) return;
  await vscode.workspace.fs.writeFile(file, Buffer.from(content, "base64"));
  const open = "Open";
  const name = vscode.workspace.asRelativePath(file);
  if ((await vscode.window.showInformationMessage(`Exported to ${name}.`, open)) === open)
    await vscode.commands.executeCommand("vscode.open", file);
}
