// Commands that prepare a workspace for plugins of one's own.
import * as vscode from "vscode";
import { newPluginSource, pluginFile, pluginNameFault, workspaceFiles } from "../adapter/host/plugin-workspace.ts";

/** Asks for a name, writes `.terrarium/plugins/NAME.ts`, opens it, and sets up type checking where that is missing. */
export async function newPlugin(extensionUri: vscode.Uri): Promise<void> {
  const folder = await chooseFolder();
  if (!folder) return;
  const name = await vscode.window.showInputBox({
    title: "New Terrarium Plugin",
    prompt: "Name of the plugin, as launch.json will say it",
    placeHolder: "my-plugin",
    validateInput: pluginNameFault,
  });
  if (!name) return;
  const file = vscode.Uri.joinPath(folder, pluginFile(name));
  if (!(await exists(file))) await write(file, newPluginSource(name));
  if (!(await exists(vscode.Uri.joinPath(folder, ".terrarium", "tsconfig.json"))))
    await writeTypes(extensionUri, folder);
  await vscode.window.showTextDocument(file);
}

/** Writes what the editor's TypeScript needs to check plugins against the API: no package is installed. */
export async function setUpTypeChecking(extensionUri: vscode.Uri): Promise<void> {
  const folder = await chooseFolder();
  if (!folder) return;
  await writeTypes(extensionUri, folder);
  const add = "New Plugin";
  const chosen = await vscode.window.showInformationMessage(
    "Plugins in .terrarium/plugins are now checked against Terrarium's API.",
    add,
  );
  if (chosen === add) await vscode.commands.executeCommand("terrarium.newPlugin");
}

async function writeTypes(extensionUri: vscode.Uri, folder: vscode.Uri): Promise<void> {
  const files = await filesIn(vscode.Uri.joinPath(extensionUri, "dist", "api"));
  for (const [file, text] of Object.entries(workspaceFiles(files)))
    await write(vscode.Uri.joinPath(folder, file), text);
}

/** Texts by path, those of the folders in it included. */
async function filesIn(folder: vscode.Uri, prefix = ""): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const [name, type] of await vscode.workspace.fs.readDirectory(folder)) {
    const uri = vscode.Uri.joinPath(folder, name);
    if (type === vscode.FileType.Directory) Object.assign(files, await filesIn(uri, `${prefix}${name}/`));
    else files[prefix + name] = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  }
  return files;
}

async function chooseFolder(): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    void vscode.window.showErrorMessage("Open a folder first: plugins are kept in its .terrarium folder.");
    return undefined;
  }
  const folder = folders.length === 1 ? folders[0] : await vscode.window.showWorkspaceFolderPick();
  return folder?.uri;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

const write = (uri: vscode.Uri, text: string) => vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
