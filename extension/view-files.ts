// Files that the plugin views' page wants to be saved.
import * as vscode from "vscode";
import type { FileFormat } from "./webview/messages.ts";

const formats: Record<FileFormat, string> = { csv: "CSV", json: "JSON", png: "PNG" };

/** Asks where to, beside what was saved last or in the workspace. */
export async function saveViewFile(name: string, format: FileFormat, content: string): Promise<void> {
  const folder = lastFolder ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  const file = `${name}.${format}`;
  const target = await vscode.window.showSaveDialog({
    defaultUri: folder ? vscode.Uri.joinPath(folder, file) : vscode.Uri.file(file),
    filters: { [formats[format]]: [format] },
    title: `Save as ${formats[format]}`,
  });
  if (!target) return;
  lastFolder = vscode.Uri.joinPath(target, "..");
  try {
    await vscode.workspace.fs.writeFile(target, Buffer.from(content, format === "png" ? "base64" : "utf8"));
  } catch (error) {
    void vscode.window.showErrorMessage(`${target.fsPath}: ${(error as Error).message}`);
  }
}

let lastFolder: vscode.Uri | undefined;
