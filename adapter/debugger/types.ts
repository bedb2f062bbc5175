// Types as C means them: kinds, members by name, and C's own types by their spelling.
import type { ArrayType, BaseType, EnumType, Member, PointerType, RecordType, Type } from "../symbols/index.ts";
import { stripped } from "../symbols/index.ts";

export { byteSizeOf as sizeOf, typeName } from "../symbols/index.ts";

export type BareType = Exclude<Type, { kind: "typedef" | "const" | "volatile" | "restrict" | "atomic" }>;

/** Typedefs and qualifiers removed. */
export const bare = (type: Type): BareType => stripped(type) as BareType;

export const isRecord = (type: BareType): type is RecordType =>
  type.kind === "struct" || type.kind === "class" || type.kind === "union";
export const isReference = (type: BareType): type is PointerType & { kind: "reference" | "rvalueReference" } =>
  type.kind === "reference" || type.kind === "rvalueReference";
export const isPointer = (type: BareType): type is PointerType & { kind: "pointer" } => type.kind === "pointer";
type IntegerBase = BaseType & { encoding: Exclude<BaseType["encoding"], "float" | "complex" | "other"> };
export const isInteger = (type: BareType): type is IntegerBase | EnumType =>
  type.kind === "enum" ||
  (type.kind === "base" && type.encoding !== "float" && type.encoding !== "complex" && type.encoding !== "other");
export const isFloat = (type: BareType): type is BaseType & { encoding: "float" } =>
  type.kind === "base" && type.encoding === "float";
export const isSigned = (type: BaseType | EnumType): boolean =>
  type.kind === "enum" ? type.isSigned : type.encoding === "signed" || type.encoding === "signedChar";

/** A one-byte character: what strings are made of. */
export function isCharacter(type: Type): boolean {
  const t = bare(type);
  return (
    t.kind === "base" &&
    t.byteSize === 1 &&
    (t.encoding === "signedChar" || t.encoding === "unsignedChar" || t.encoding === "character")
  );
}

/** The type of one element when an array is indexed: the rest of its dimensions, or its element. */
export function elementType(array: ArrayType): Type {
  return array.dimensions.length > 1
    ? { kind: "array", element: array.element, dimensions: array.dimensions.slice(1) }
    : array.element;
}

const base = (name: string, byteSize: number, encoding: BaseType["encoding"]): BaseType => ({
  kind: "base",
  name,
  byteSize,
  encoding,
});

/** C's own types on a 64-bit guest, by their usual spelling. */
export const builtin = {
  bool: base("bool", 1, "boolean"),
  char: base("char", 1, "unsignedChar"),
  "signed char": base("signed char", 1, "signedChar"),
  "unsigned char": base("unsigned char", 1, "unsignedChar"),
  short: base("short", 2, "signed"),
  "unsigned short": base("unsigned short", 2, "unsigned"),
  int: base("int", 4, "signed"),
  "unsigned int": base("unsigned int", 4, "unsigned"),
  long: base("long", 8, "signed"),
  "unsigned long": base("unsigned long", 8, "unsigned"),
  "long long": base("long long", 8, "signed"),
  "unsigned long long": base("unsigned long long", 8, "unsigned"),
  __int128: base("__int128", 16, "signed"),
  "unsigned __int128": base("unsigned __int128", 16, "unsigned"),
  float: base("float", 4, "float"),
  double: base("double", 8, "float"),
} as const;

const builtins: Readonly<Record<string, Type>> = {
  ...builtin,
  void: { kind: "void" },
  int8_t: builtin["signed char"],
  uint8_t: builtin["unsigned char"],
  int16_t: builtin.short,
  uint16_t: builtin["unsigned short"],
  int32_t: builtin.int,
  uint32_t: builtin["unsigned int"],
  int64_t: builtin.long,
  uint64_t: builtin["unsigned long"],
  size_t: builtin["unsigned long"],
  ssize_t: builtin.long,
  intptr_t: builtin.long,
  uintptr_t: builtin["unsigned long"],
};

/** The words that C's own type names are made of. */
export const typeWords = new Set([
  ...["signed", "unsigned", "char", "short", "int", "long", "float", "double", "void", "bool", "_Bool", "__int128"],
]);

/** A type by any of C's spellings: `unsigned`, `long unsigned int`, `uint8_t`. */
export function builtinType(words: readonly string[]): Type | undefined {
  if (words.length === 1 && Object.hasOwn(builtins, words[0])) return builtins[words[0]];
  if (words.length === 0 || !words.every((word) => typeWords.has(word))) return undefined;
  const has = (word: string) => words.includes(word);
  if (has("_Bool")) return builtin.bool;
  const sign = has("unsigned") ? "unsigned " : "";
  const longs = words.filter((word) => word === "long").length;
  if (has("char")) return builtins[`${has("signed") ? "signed " : sign}char`];
  if (has("double")) return builtin.double;
  if (has("float")) return builtin.float;
  if (has("__int128")) return builtins[`${sign}__int128`];
  const size = has("short") ? "short" : longs >= 2 ? "long long" : longs === 1 ? "long" : "int";
  return builtins[sign + size];
}

export interface FoundMember {
  member: Member;
  /** Members to go through, outermost first, the found one last: base classes and anonymous members. */
  path: readonly Member[];
}

/** A member by name, in the record itself, its anonymous members and its base classes. */
export function findMember(record: RecordType, name: string, depth = 0): FoundMember | undefined {
  if (depth > 20) return undefined;
  const members = [...record.members, ...(record.variants?.variants.flatMap((v) => v.members) ?? [])];
  const direct = members.find((member) => member.name === name && !member.isBase);
  if (direct) return { member: direct, path: [direct] };
  for (const member of members) {
    const inner = bare(member.type);
    if ((member.name !== undefined && !member.isBase) || !isRecord(inner)) continue;
    const found = findMember(inner, name, depth + 1);
    if (found) return { member: found.member, path: [member, ...found.path] };
  }
  return undefined;
}
