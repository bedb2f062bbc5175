// The plugin API as its sources declare it, and the reference page made of that.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "@typescript/typescript6";
import { API_VERSION, MINIMUM_API_VERSION } from "../../emulator/instrument/definition-check.ts";

const folder = fileURLToPath(new URL("../../plugins/api", import.meta.url));

export interface ApiMember {
  /** `add`, or the signature of one that has no name. */
  readonly name: string;
  /** One line, or several as the source has them. */
  readonly signature: string;
  readonly doc: string;
}

export interface ApiType {
  readonly name: string;
  readonly signature: string;
  readonly doc: string;
  /** Of an interface; of a type alias they stand in its signature. */
  readonly members: readonly ApiMember[];
}

export interface ApiFile {
  readonly name: string;
  /** What its first comment says. */
  readonly subject: string;
  readonly types: readonly ApiType[];
}

/** Those with tables of names come last. */
const order = [
  "index",
  "definition",
  "vm",
  "translation",
  "inline",
  "registers",
  "memory",
  "syscalls",
  "linking",
  "views",
];

export function apiFiles(): ApiFile[] {
  const names = readdirSync(folder).filter((file) => /(?<!\.test(-d)?)\.ts$/.test(file));
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return names
    .map((file) => file.replace(/\.ts$/, ""))
    .sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
    .map(readFile);
}

function readFile(name: string): ApiFile {
  const text = readFileSync(path.join(folder, `${name}.ts`), "utf8");
  const source = ts.createSourceFile(`${name}.ts`, text, ts.ScriptTarget.ESNext, true);
  const comment = /^(?:\/\/.*\n)+/.exec(text)?.[0] ?? "";
  const types = source.statements.filter(isExported).map((statement) => typeOf(statement, source));
  // That of a file which is written says by what.
  const isWritten = comment.startsWith("// Written by");
  return { name, subject: isWritten ? types[0].doc : comment.replace(/^\/\/ ?/gm, "").trim(), types };
}

type Exported = ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.FunctionDeclaration;

function isExported(statement: ts.Statement): statement is Exported {
  const isOne =
    ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement) || ts.isFunctionDeclaration(statement);
  return isOne && (statement.modifiers ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

function typeOf(declaration: Exported, source: ts.SourceFile): ApiType {
  const text = declaration.getText(source).replace(/^export /, "");
  const name = declaration.name?.text ?? "";
  const doc = docOf(declaration, source);
  if (ts.isInterfaceDeclaration(declaration)) {
    const head = source.text.slice(declaration.name.getStart(source), declaration.members.pos - 1).trim();
    const members = declaration.members.map((member) => ({
      name: member.name?.getText(source) ?? member.getText(source),
      signature: withoutComments(member.getText(source)).replace(/^readonly /, ""),
      doc: docOf(member, source),
    }));
    return { name, doc, signature: `interface ${head}`, members };
  }
  if (ts.isFunctionDeclaration(declaration))
    return {
      name,
      doc,
      signature: text.slice(0, text.length - (declaration.body?.getText(source).length ?? 0)).trim(),
      members: [],
    };
  return { name, doc, signature: text, members: [] };
}

const withoutComments = (text: string) => text.replace(/\/\*\*.*?\*\/\s*/gs, "");

/** The docstring, without its stars. */
export function docOf(node: ts.Node, source: ts.SourceFile): string {
  const [comment] = (ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? [])
    .map(({ pos, end }) => source.text.slice(pos, end))
    .filter((text) => text.startsWith("/**"))
    .slice(-1);
  if (comment === undefined) return "";
  return comment
    .slice(3, -2)
    .replace(/^[ \t]*\* ?/gm, "")
    .trim();
}

/** Everything that has no docstring, as `file: Type.member`. */
export function undocumented(files: readonly ApiFile[]): string[] {
  return files.flatMap(({ name, types }) =>
    types.flatMap((type) => [
      ...(type.doc === "" ? [`${name}: ${type.name}`] : []),
      ...type.members.flatMap((member) =>
        member.doc === "" && !isTable(type.name) ? [`${name}: ${type.name}.${member.name}`] : [],
      ),
    ]),
  );
}

const anchor = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-");
const code = (text: string) => `\`\`\`ts\n${text}\n\`\`\``;

/** A docstring as Markdown: its examples become listings, `@throws` a line of its own. */
function markdown(doc: string): string {
  const paragraphs: string[] = [];
  let listing: string[] | undefined;
  for (const line of doc.replace(/(\S)[ \n]@throws/g, "$1\n\n@throws").split("\n")) {
    const isCode = /^ {4}/.test(line) || (listing !== undefined && line === "");
    if (isCode) (listing ??= []).push(line.slice(4));
    else {
      if (listing) paragraphs.push(code(listing.join("\n").trimEnd()), "");
      listing = undefined;
      paragraphs.push(line.replace(/^@throws ?/, "_Throws_ ").replace(/^_Throws_ ([a-z])/, "_Throws_: $1"));
    }
  }
  if (listing) paragraphs.push(code(listing.join("\n").trimEnd()));
  return paragraphs.join("\n").trim();
}

const titleOf = ({ name }: ApiFile) => `${name}.ts`;

function typeSection(type: ApiType): string {
  // Three hundred names would hide the rest.
  const isNames = isTable(type.name);
  const parts = [`### ${type.name}`, code(type.signature), markdown(type.doc)];
  for (const member of type.members) {
    if (isNames) parts.push(names(member.signature));
    else parts.push(code(member.signature), markdown(member.doc));
  }
  return parts.join("\n\n");
}

/** Is it written from a table, with a member for each guest? */
function isTable(name: string): boolean {
  return /(Names|Signatures)$/.test(name);
}

/** `riscv64: | "zero" | ...` as text. */
function names(signature: string): string {
  const guest = /^\w+/.exec(signature)?.[0];
  const calls = [...signature.matchAll(/(\w+): \{([^{}]*)\}/g)].map(([, name, list]) => {
    const parameters = [...list.matchAll(/(\w+): "([^"]+)"/g)].map(([, parameter, kind]) => `${parameter}: ${kind}`);
    return `\`${name}(${parameters.join(", ")})\``;
  });
  if (calls.length > 0) return `\`${guest}\`: ${calls.join(", ")}`;
  return `\`${guest}\`: ${[...signature.matchAll(/"([^"]+)"/g)].map((match) => `\`${match[1]}\``).join(", ")}`;
}

/** The text of plugins/api/REFERENCE.md. */
export function reference(files: readonly ApiFile[]): string {
  const contents = files.flatMap((file) => [
    `- [${titleOf(file)}](#${anchor(titleOf(file))}): ${file.subject.split(/(?<=[.:])\s/)[0].replace(/[.:]$/, "")}`,
    ...(file.types.length > 0 ? [`  - ${file.types.map(({ name }) => `[${name}](#${anchor(name)})`).join(", ")}`] : []),
  ]);
  const sections = files.map((file) =>
    [`## ${titleOf(file)}`, subject(file), ...file.types.map(typeSection)].join("\n\n"),
  );
  return `<!-- Written by .ci/api-reference.test.ts (TERRARIUM_BLESS=1) from the sources beside this file. -->

# The plugin API

Version ${API_VERSION}. Plugins for version ${MINIMUM_API_VERSION} and later work. [Write your first plugin](../GUIDE.md) is the way in;
[what to rely on](../README.md#what-to-rely-on) says in which order things happen.

In the examples \`vm\` is what \`install\` gets, \`tb\` a block that \`vm.onTranslate\` shows, and \`insn\` one of its instructions.

## Contents

${contents.join("\n")}

${sections.join("\n\n")}
`;
}

/** The comment at the top of a file, its example as a listing. */
function subject({ subject: text }: ApiFile): string {
  return markdown(text);
}
