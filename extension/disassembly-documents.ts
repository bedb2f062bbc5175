import type { DebugProtocol } from "@vscode/debugprotocol";
import * as vscode from "vscode";

/** Instructions shown before and after the address. */
const before = 32;
const after = 96;

/** Code that has no source line, as a read-only document around an address. */
export class DisassemblyDocuments implements vscode.TextDocumentContentProvider {
  static readonly scheme = "terrarium-disassembly";
  private readonly sessions = new Map<string, vscode.DebugSession>();

  /** Opens it in the first editor column with the instruction at `address` (`0x` string) selected. */
  async show(session: vscode.DebugSession, address: string): Promise<void> {
    this.sessions.set(session.id, session);
    const uri = vscode.Uri.from({
      scheme: DisassemblyDocuments.scheme,
      path: `/${address}.s`,
      query: session.id,
    });
    const document = await vscode.workspace.openTextDocument(uri);
    const editor = await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preview: true });
    const line = document
      .getText()
      .split("\n")
      .findIndex((text) => text.startsWith(`${address}:`));
    if (line < 0) return;
    const range = document.lineAt(line).range;
    editor.selection = new vscode.Selection(range.start, range.start);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenter);
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const session = this.sessions.get(uri.query);
    const address = uri.path.slice(1, -".s".length);
    if (!session) return `# ${address}: its session has ended\n`;
    const request: DebugProtocol.DisassembleArguments = {
      memoryReference: address,
      instructionOffset: -before,
      instructionCount: before + after,
      resolveSymbols: true,
    };
    try {
      const answer: DebugProtocol.DisassembleResponse["body"] = await session.customRequest("disassemble", request);
      return (answer?.instructions ?? []).map(lineOf).join("");
    } catch (error) {
      return `# ${address}: ${error instanceof Error ? error.message : String(error)}\n`;
    }
  }
}

function lineOf({
  address,
  instructionBytes = "",
  instruction,
  symbol,
}: DebugProtocol.DisassembledInstruction): string {
  const heading = symbol ? `\n${symbol}:\n` : ""; // the adapter names a function at its first instruction
  return `${heading}${address}:  ${instructionBytes.padEnd(12)}  ${instruction}\n`;
}
