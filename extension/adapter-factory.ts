import * as vscode from "vscode";

/**
 * Starts `terrarium dap` as its own process, on the runtime that the extension host itself runs on: users need no
 * Node.js of their own. The command is not "node", for which the editor would load the adapter by `node -e`: that puts
 * Node's modules among the globals, where the WebAssembly compiler of plugins takes them for a browser's.
 */
export class TerrariumAdapterFactory implements vscode.DebugAdapterDescriptorFactory {
  constructor(private readonly extensionUri: vscode.Uri) {}

  createDebugAdapterDescriptor(): vscode.DebugAdapterDescriptor {
    const program = vscode.Uri.joinPath(this.extensionUri, "dist", "terrarium.js").fsPath;
    return new vscode.DebugAdapterExecutable(process.execPath, [program, "dap"], {
      env: { ELECTRON_RUN_AS_NODE: "1" },
    });
  }
}
