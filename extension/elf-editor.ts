import * as vscode from "vscode";
import { ElfError, readElfSummary } from "./elf-file.ts";
import { debugFile } from "./program-choice.ts";
import type { ElfPageState, FromElfPage } from "./webview/elf-messages.ts";
import { setUpPage } from "./webview-page.ts";

/** Shows what an ELF file is, read-only, with a button to debug it. */
export class ElfEditorProvider implements vscode.CustomReadonlyEditorProvider {
  static readonly viewType = "terrarium.elf";

  constructor(private readonly extensionUri: vscode.Uri) {}

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  resolveCustomEditor(document: vscode.CustomDocument, panel: vscode.WebviewPanel): void {
    const { uri } = document;
    const post = async () => void panel.webview.postMessage(await stateOf(uri));
    const pattern = new vscode.RelativePattern(vscode.Uri.joinPath(uri, ".."), uri.path.split("/").at(-1)!);
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const subscriptions = [watcher, watcher.onDidChange(post), watcher.onDidCreate(post)];
    panel.onDidDispose(() => {
      for (const subscription of subscriptions) subscription.dispose();
    });
    setUpPage(panel.webview, this.extensionUri, "elf", "ELF file");
    panel.webview.onDidReceiveMessage((message: FromElfPage) =>
      message === "ready" ? post() : debugFile(uri, { noDebug: message === "run" }),
    );
  }
}

async function stateOf(uri: vscode.Uri): Promise<ElfPageState> {
  const name = uri.path.split("/").at(-1)!;
  const hex = (value: bigint) => `0x${value.toString(16)}`;
  try {
    const summary = await readElfSummary(uri.fsPath);
    return {
      name,
      unfit: summary.unfit,
      facts: [
        ["Machine", `${summary.machine}, ${summary.bits} bits, ${summary.endianness} endian`],
        ["Kind", summary.type],
        ["Entry", hex(summary.entry)],
        ["Symbols", summary.hasSymbols ? "yes" : "no"],
        ["Debug information", summary.hasDebugInfo ? "yes" : "no: addresses instead of source lines (build with -g)"],
      ],
      segments: summary.segments.map((segment) => [
        segment.kind,
        hex(segment.address),
        segment.memorySize.toLocaleString("en-US"),
        segment.fileSize.toLocaleString("en-US"),
        segment.permissions,
      ]),
    };
  } catch (error) {
    const reason = error instanceof ElfError ? error.message : `cannot be read: ${String(error)}`;
    return { name, unfit: reason, facts: [], segments: [] };
  }
}
