// Rust symbol names: the legacy form (an Itanium nested name with a hash) and the v0 form.

/** `_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE` is `core::fmt::Write::write_fmt`; undefined for other names. */
export function demangleRustLegacy(name: string): string | undefined {
  const match = /^_ZN((?:\d+.*)?)17h[0-9a-f]{16}E(?:\.llvm\.[0-9A-F]+)?(\.[\w.]+)?$/s.exec(name);
  if (!match) return undefined;
  const parts: string[] = [];
  for (let rest = match[1]; rest !== ""; ) {
    const digits = /^\d+/.exec(rest)?.[0];
    if (digits === undefined) return undefined;
    const length = Number(digits);
    if (length > rest.length - digits.length) return undefined;
    parts.push(unescapePart(rest.slice(digits.length, digits.length + length)));
    rest = rest.slice(digits.length + length);
  }
  return parts.join("::");
}

const ESCAPES: Readonly<Record<string, string>> = {
  SP: "@",
  BP: "*",
  RF: "&",
  LT: "<",
  GT: ">",
  LP: "(",
  RP: ")",
  C: ",",
};

function unescapePart(part: string): string {
  return part
    .replace(/^_\$/, "$")
    .replace(/\$(\w+)\$/g, (all, code: string) => {
      if (code in ESCAPES) return ESCAPES[code];
      const point = /^u([0-9a-f]+)$/.exec(code);
      return point && Number.parseInt(point[1], 16) <= 0x10ffff
        ? String.fromCodePoint(Number.parseInt(point[1], 16))
        : all;
    })
    .replaceAll("..", "::");
}

/** `_RNvCs...` names; undefined when not understood. */
export function demangleRustV0(name: string): string | undefined {
  const body = name.slice(2).replace(/\.[\w.]+$/, "");
  if (!/^[A-Z]/.test(body)) return undefined;
  try {
    return new V0Parser(body).path(true);
  } catch {
    return undefined;
  }
}

const BASIC_TYPES: Readonly<Record<string, string>> = {
  a: "i8",
  b: "bool",
  c: "char",
  d: "f64",
  e: "str",
  f: "f32",
  h: "u8",
  i: "isize",
  j: "usize",
  l: "i32",
  m: "u32",
  n: "i128",
  o: "u128",
  p: "_",
  s: "i16",
  t: "u16",
  u: "()",
  v: "...",
  x: "i64",
  y: "u64",
  z: "!",
};

/** Work limit: back references can make short names long. */
const MAX_WORK = 20_000;

class V0Parser {
  private at = 0;
  private work = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  private next(): string {
    if (++this.work > MAX_WORK || this.at >= this.text.length) throw new Error("not understood");
    return this.text[this.at++];
  }

  private eat(letter: string): boolean {
    if (this.text[this.at] !== letter) return false;
    this.at++;
    return true;
  }

  private base62(): number {
    if (this.eat("_")) return 0;
    let value = 0;
    for (let letter = this.next(); letter !== "_"; letter = this.next()) {
      const digit = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".indexOf(letter);
      if (digit < 0) throw new Error("not understood");
      value = value * 62 + digit;
    }
    return value + 1;
  }

  private disambiguator(): number {
    return this.eat("s") ? this.base62() + 1 : 0;
  }

  private identifier(): string {
    const isPunycode = this.eat("u");
    const digits = /^(0|[1-9]\d*)/.exec(this.text.slice(this.at))?.[0];
    if (digits === undefined) throw new Error("not understood");
    this.at += digits.length;
    this.eat("_");
    const length = Number(digits);
    if (this.at + length > this.text.length) throw new Error("not understood");
    const name = this.text.slice(this.at, this.at + length);
    this.at += length;
    return isPunycode ? `punycode{${name}}` : name;
  }

  private reference<T>(read: () => T): T {
    const target = this.base62();
    const here = this.at;
    if (target >= here) throw new Error("not understood");
    this.at = target;
    const result = this.nested(read);
    this.at = here;
    return result;
  }

  private nested<T>(read: () => T): T {
    if (++this.depth > 100) throw new Error("not understood");
    const result = read();
    this.depth--;
    return result;
  }

  path(inValue: boolean): string {
    return this.nested(() => this.pathInner(inValue));
  }

  private pathInner(inValue: boolean): string {
    const tag = this.next();
    switch (tag) {
      case "C": {
        this.disambiguator();
        return this.identifier();
      }
      case "M":
        this.disambiguator();
        this.path(false);
        return `<${this.type()}>`;
      case "X":
        this.disambiguator();
        this.path(false);
        return `<${this.type()} as ${this.path(false)}>`;
      case "Y":
        return `<${this.type()} as ${this.path(false)}>`;
      case "N": {
        const namespace = this.next();
        const parent = this.path(inValue);
        const index = this.disambiguator();
        const name = this.identifier();
        if (/[a-z]/.test(namespace)) return name === "" ? parent : `${parent}::${name}`;
        const kind = namespace === "C" ? "closure" : namespace === "S" ? "shim" : namespace;
        return `${parent}::{${kind}${name === "" ? "" : `:${name}`}#${index}}`;
      }
      case "I": {
        const parent = this.path(inValue);
        const args: string[] = [];
        while (!this.eat("E")) args.push(this.argument());
        return `${parent}${inValue ? "::" : ""}<${args.join(", ")}>`;
      }
      case "B":
        return this.reference(() => this.path(inValue));
      default:
        throw new Error("not understood");
    }
  }

  private argument(): string {
    if (this.eat("L")) return lifetime(this.base62());
    if (this.eat("K")) return this.constant();
    return this.type();
  }

  private type(): string {
    return this.nested(() => this.typeInner());
  }

  private typeInner(): string {
    const tag = this.next();
    if (tag in BASIC_TYPES) return BASIC_TYPES[tag];
    switch (tag) {
      case "A": {
        const element = this.type();
        return `[${element}; ${this.constant()}]`;
      }
      case "S":
        return `[${this.type()}]`;
      case "T": {
        const parts: string[] = [];
        while (!this.eat("E")) parts.push(this.type());
        return parts.length === 1 ? `(${parts[0]},)` : `(${parts.join(", ")})`;
      }
      case "R":
      case "Q": {
        const life = this.eat("L") ? lifetime(this.base62()) : "";
        const word = life === "" || life === "'_" ? "" : `${life} `;
        return `&${word}${tag === "Q" ? "mut " : ""}${this.type()}`;
      }
      case "P":
        return `*const ${this.type()}`;
      case "O":
        return `*mut ${this.type()}`;
      case "F":
        return this.functionType();
      case "D":
        return this.traitObject();
      case "B":
        return this.reference(() => this.type());
      default:
        this.at--;
        return this.path(false);
    }
  }

  private functionType(): string {
    if (this.eat("G")) this.base62();
    const unsafe = this.eat("U") ? "unsafe " : "";
    let abi = "";
    if (this.eat("K")) abi = `extern "${this.eat("C") ? "C" : this.identifier().replaceAll("_", "-")}" `;
    const parameters: string[] = [];
    while (!this.eat("E")) parameters.push(this.type());
    const result = this.type();
    return `${unsafe}${abi}fn(${parameters.join(", ")})${result === "()" ? "" : ` -> ${result}`}`;
  }

  private traitObject(): string {
    if (this.eat("G")) this.base62();
    const traits: string[] = [];
    while (!this.eat("E")) {
      let trait = this.path(false);
      const bindings: string[] = [];
      while (this.eat("p")) {
        const name = this.identifier();
        bindings.push(`${name} = ${this.type()}`);
      }
      if (bindings.length > 0)
        trait = trait.endsWith(">")
          ? `${trait.slice(0, -1)}, ${bindings.join(", ")}>`
          : `${trait}<${bindings.join(", ")}>`;
      traits.push(trait);
    }
    if (this.next() !== "L") throw new Error("not understood");
    const life = this.base62();
    return `dyn ${traits.join(" + ")}${life === 0 ? "" : ` + ${lifetime(life)}`}`;
  }

  private constant(): string {
    const tag = this.next();
    if (tag === "B") return this.reference(() => this.constant());
    if (tag === "p") return "_";
    const negative = this.eat("n") ? "-" : "";
    let digits = "";
    for (let letter = this.next(); letter !== "_"; letter = this.next()) digits += letter;
    if (!/^[0-9a-f]*$/.test(digits)) throw new Error("not understood");
    const value = BigInt(`0x${digits || "0"}`);
    if (tag === "b") return value === 0n ? "false" : "true";
    if (tag === "c") return value <= 0x10ffffn ? `'${String.fromCodePoint(Number(value))}'` : "'?'";
    if (!"ahijlmnostxy".includes(tag)) throw new Error("not understood");
    return negative + value.toString();
  }
}

function lifetime(index: number): string {
  return index === 0 ? "'_" : `'${String.fromCharCode(96 + Math.min(index, 26))}`;
}
