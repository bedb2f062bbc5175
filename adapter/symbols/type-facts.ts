// Facts about types that need no debug information: their size, their plain form, their C-like name.
import type { Encoding, Type, UnknownType } from "./api.ts";
import { BaseEncoding } from "./dwarf-constants.ts";

export function encodingOf(code: number | undefined): Encoding {
  switch (code) {
    case BaseEncoding.Boolean:
      return "boolean";
    case BaseEncoding.ComplexFloat:
      return "complex";
    case BaseEncoding.Float:
      return "float";
    case BaseEncoding.Signed:
      return "signed";
    case BaseEncoding.SignedChar:
      return "signedChar";
    case BaseEncoding.Unsigned:
    case BaseEncoding.Address:
      return "unsigned";
    case BaseEncoding.UnsignedChar:
      return "unsignedChar";
    case BaseEncoding.Utf:
    case BaseEncoding.Ucs:
    case BaseEncoding.Ascii:
      return "character";
    default:
      return "other";
  }
}

/** Without typedefs and qualifiers. */
export function stripped(type: Type): Type {
  let at = type;
  // Damage can make a typedef of itself.
  for (let depth = 0; depth < 100; depth++) {
    switch (at.kind) {
      case "typedef":
      case "const":
      case "volatile":
      case "restrict":
      case "atomic":
        at = at.target;
        break;
      default:
        return at;
    }
  }
  return unknown("<endless typedef>");
}

/** Size in bytes of a value of the type; undefined when it is not known (incomplete, flexible). */
export function byteSizeOf(type: Type): number | undefined {
  return sizeWithin(type, 0);
}

function sizeWithin(type: Type, depth: number): number | undefined {
  const base = stripped(type);
  switch (base.kind) {
    case "array": {
      const element = depth < 100 ? sizeWithin(base.element, depth + 1) : undefined;
      return base.dimensions.reduce<number | undefined>(
        (size, count) => (size === undefined || count === undefined ? undefined : size * count),
        element,
      );
    }
    case "void":
    case "subroutine":
      return undefined;
    case "base":
    case "pointer":
    case "reference":
    case "rvalueReference":
    case "struct":
    case "class":
    case "union":
    case "enum":
    case "memberPointer":
    case "unknown":
      return base.byteSize;
    default:
      return undefined;
  }
}

export function unknown(name: string, byteSize?: number): UnknownType {
  return { kind: "unknown", name, byteSize };
}

/** As C would write it: `const char *`, `int [4][2]`, `void (*)(int, ...)`. */
export function typeName(type: Type): string {
  return declare(type, "", 0);
}

/** The type around a declarator, from the inside out. */
function declare(type: Type, declarator: string, depth: number): string {
  if (depth > 100) return "...";
  const next = (target: Type, inner: string) => declare(target, inner, depth + 1);
  switch (type.kind) {
    case "void":
      return join("void", declarator);
    case "base":
    case "unknown":
      return join(type.name, declarator);
    case "typedef":
      return join(type.name, declarator);
    case "struct":
    case "class":
    case "union":
    case "enum":
      return join(type.name ?? `${type.kind} {...}`, declarator);
    case "pointer":
      return next(type.target, `*${declarator}`);
    case "reference":
      return next(type.target, `&${declarator}`);
    case "rvalueReference":
      return next(type.target, `&&${declarator}`);
    case "const":
    case "volatile":
    case "restrict":
    case "atomic": {
      const word = type.kind === "atomic" ? "_Atomic" : type.kind;
      const target = type.target;
      // A qualified pointer says so after its star, everything else before its name.
      if (target.kind === "pointer" || target.kind === "reference" || target.kind === "rvalueReference")
        return next(target, join(word, declarator, true));
      if (target.kind === "array" || target.kind === "subroutine") return next(target, declarator);
      return `${word} ${next(target, declarator)}`;
    }
    case "array": {
      const sizes = type.dimensions.map((count) => `[${count ?? ""}]`).join("");
      return next(type.element, `${wrapped(declarator)}${sizes}`);
    }
    case "subroutine": {
      const parameters = type.parameters.map((parameter) => declare(parameter, "", depth + 1));
      if (type.isVariadic) parameters.push("...");
      return next(type.returnType, `${wrapped(declarator)}(${parameters.join(", ") || "void"})`);
    }
    case "memberPointer":
      return next(type.target, `${typeName(type.containing)}::*${declarator}`);
  }
}

/** Stars bind less than brackets. */
function wrapped(declarator: string): string {
  return /^[*&]|::\*/.test(declarator) ? `(${declarator})` : declarator;
}

function join(name: string, declarator: string, tight = false): string {
  if (declarator === "") return tight ? ` ${name}` : name;
  return tight ? ` ${name}${declarator.startsWith(" ") ? "" : " "}${declarator}` : `${name} ${declarator}`;
}
