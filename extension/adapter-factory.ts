import * as vscode from "vscode";

/**
 * Starts `terrarium dap` as its own process. The command `node` makes VS Code fork the runtime that the extension host
 * itself runs on, so that users need no Node.js of their own.
 */
export class TerrariumAdapterFactory implements vscode.DebugAdapterDescriptorFactory {
  constructor(private readonly extensionUri: vscode.Uri) {}

  createDebugAdapterDescriptor(): vscode.DebugAdapterDescriptor {
    const program = vscode.Uri.joinPath(this.extensionUri, "dist", "terrarium.js").fsPath;
    return new vscode.DebugAdapterExecutable("node", [program, "dap"]);
  }
}
