// Pieces of demangled text, and how types wrap around each other.

/** A type is what stands before and after its declarator: `int (*` and `) [5]`. */
export interface TypeText {
  readonly before: string;
  readonly after: string;
  /** Functions and arrays need parentheses around a pointer to them. */
  readonly compound: "function" | "array" | undefined;
  /** An argument pack. */
  readonly pack: readonly TypeText[] | undefined;
}

/** Ends the demangling of a name that does not follow the rules, or uses more of them than are known here. */
export class NotUnderstood extends Error {}

const MAX_TEXT = 20_000;

export function plain(text: string): TypeText {
  if (text.length > MAX_TEXT) throw new NotUnderstood();
  return { before: text, after: "", compound: undefined, pack: undefined };
}

export function show(type: TypeText): string {
  return type.pack
    ? type.pack
        .map(show)
        .filter((text) => text !== "")
        .join(", ")
    : type.before + type.after;
}

export function derive(type: TypeText, change: (type: TypeText) => TypeText): TypeText {
  return type.pack ? { ...type, pack: type.pack.map((element) => derive(element, change)) } : change(type);
}

export function pointerTo(type: TypeText, mark: string): TypeText {
  return derive(type, (target) => {
    // References collapse: `T&& &` is `T&`.
    if (mark.startsWith("&") && target.after === "" && /&$/.test(target.before)) {
      const single = mark === "&" || /[^&]&$/.test(target.before);
      return plain(target.before.replace(/&+$/, single ? "&" : "&&"));
    }
    if (!target.compound) return { ...target, before: target.before + mark };
    const opened = target.before.endsWith(" ") ? target.before : `${target.before} `;
    return { before: `${opened}(${mark}`, after: `)${target.after}`, compound: undefined, pack: undefined };
  });
}

export function templateList(args: readonly string[]): string {
  const text = args.filter((arg) => arg !== "").join(", ");
  return `<${text}${text.endsWith(">") ? " " : ""}>`;
}

export function addQualifier(before: string, words: string): string {
  const list = words.split(" ").filter((word) => word !== "" && !before.endsWith(` ${word}`));
  return list.length === 0 ? before : `${before} ${list.join(" ")}`;
}

export function parenthesized(text: string): string {
  return /^(\w|::)+$/.test(text) || /^\{parm#\d+\}$/.test(text) ? text : `(${text})`;
}

/** The name without the template arguments at its end. */
export function withoutArguments(text: string): string {
  if (!text.endsWith(">")) return text;
  let depth = 0;
  for (let i = text.length - 1; i >= 0; i--) {
    if (text[i] === ">") depth++;
    else if (text[i] === "<" && --depth === 0) return text.slice(0, i);
  }
  return text;
}
