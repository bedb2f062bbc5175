import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

/** Lets a page load its own bundle and style sheet, and nothing else; its document is what `dist/webview/NAME.js` makes. */
export function setUpPage(webview: vscode.Webview, extensionUri: vscode.Uri, name: string, title: string): void {
  const folder = vscode.Uri.joinPath(extensionUri, "dist", "webview");
  const address = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(folder, file)).toString();
  const nonce = randomBytes(16).toString("base64");
  const policy = [
    "default-src 'none'",
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
  ].join("; ");
  webview.options = { enableScripts: true, localResourceRoots: [folder] };
  webview.html = `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="UTF-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <title>${title}</title>
  <link rel="stylesheet" href="${address(`${name}.css`)}">
</head>
<body>
  <script nonce="${nonce}" src="${address(`${name}.js`)}"></script>
</body>
</html>`;
}
