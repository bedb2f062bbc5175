// What the debugger may ask of a program's symbols and debug information. Types only.
// Addresses are ELF addresses (no load bias) unless a comment says "run-time".

/** Half-open: low <= address < high. */
export interface AddressRange {
  readonly low: bigint;
  readonly high: bigint;
}

// ---------------------------------------------------------------------------------------------------------------------
// The input

export interface SymbolsOptions {
  /** Decompresses a zlib stream to exactly `size` bytes; throws when it cannot. Without it compressed sections are left out. */
  inflate?: (data: Uint8Array, size: number) => Uint8Array;
}

// ---------------------------------------------------------------------------------------------------------------------
// Lines

export interface SourceLine {
  /** Normalized path as the compiler recorded it (absolute when it recorded a directory). */
  readonly path: string;
  /** From 1; 0 for code that belongs to no line. */
  readonly line: number;
  /** From 1; 0 when not recorded. */
  readonly column: number;
  /** Is the address a recommended breakpoint location? */
  readonly isStatement: boolean;
}

/** Where a source breakpoint went. */
export interface LineBreakpoint {
  readonly path: string;
  /** The line that has code: the one asked for, a later one of its function, or between functions the next one. */
  readonly line: number;
  /** From 1; 0 when not recorded. */
  readonly column: number;
  /** One per function, per inlined copy and per template instance; ascending. */
  readonly addresses: readonly bigint[];
}

/** Code of one source line. */
export interface CodeLine extends AddressRange {
  /** Normalized path as the compiler recorded it. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

export interface BreakpointLocation {
  readonly line: number;
  readonly column: number;
}

// ---------------------------------------------------------------------------------------------------------------------
// Functions, scopes, variables

export interface Declaration {
  readonly path: string;
  readonly line: number;
}

export interface FunctionInfo {
  /** Name as in the source, unqualified (`push_back`, `main`). */
  readonly name: string;
  /** For people: qualified, without parameters (`ns::Stack<int>::push`); demangled when only the symbol table knows it. */
  readonly displayName: string;
  readonly linkageName: string | undefined;
  /** All code of the function, its entry range first. */
  readonly ranges: readonly AddressRange[];
  readonly entry: bigint;
  readonly declaration: Declaration | undefined;
  /** Undefined for void and for functions known only from the symbol table. */
  readonly returnType: Type | undefined;
  /** DW_LANG code of the unit; 0 when there is no debug information. */
  readonly language: number;
  /** False when only the ELF symbol table knows it: then there are no variables. */
  readonly hasDebugInfo: boolean;
  /** How frame-relative variables find their base. Evaluated by `Variable.locate` on its own. */
  readonly frameBase: Expression | undefined;
  /** The scope of the body: parameters, locals, nested blocks and inlined calls. */
  readonly body: Scope;
}

export interface Scope {
  readonly kind: "function" | "block" | "inlined";
  /** Of function and inlined scopes. */
  readonly name: string | undefined;
  readonly ranges: readonly AddressRange[];
  /** Inlined scopes: where the call was written. */
  readonly callSite: SourceLine | undefined;
  /** Parameters first, then locals in source order. */
  readonly variables: readonly Variable[];
  readonly children: readonly Scope[];
}

export interface Variable {
  readonly name: string;
  readonly kind: "parameter" | "local" | "global";
  readonly type: Type;
  readonly declaration: Declaration | undefined;
  /** Made by the compiler (`this`). */
  readonly isArtificial: boolean;
  /** Where its value is when the program is at `pc` (ELF address, of this variable's frame). Never throws. */
  locate(pc: bigint, context: LocationContext): Location;
}

/** One function call that the compiler merged into its caller. */
export interface InlinedCall {
  readonly name: string;
  readonly scope: Scope;
  /** Place in the caller. */
  readonly callSite: SourceLine | undefined;
}

/** Variables of one scope at an address. */
export interface VisibleScope {
  readonly scope: Scope;
  readonly variables: readonly Variable[];
}

// ---------------------------------------------------------------------------------------------------------------------
// Types

export type Type =
  | BaseType
  | PointerType
  | QualifiedType
  | TypedefType
  | ArrayType
  | RecordType
  | EnumType
  | SubroutineType
  | MemberPointerType
  | VoidType
  | UnknownType;

export type Encoding =
  | "boolean"
  | "signed"
  | "unsigned"
  | "signedChar"
  | "unsignedChar"
  | "float"
  | "complex"
  | "character"
  | "other";

export interface BaseType {
  readonly kind: "base";
  readonly name: string;
  readonly byteSize: number;
  readonly encoding: Encoding;
}

export interface PointerType {
  /** reference: `T&`; rvalueReference: `T&&`. */
  readonly kind: "pointer" | "reference" | "rvalueReference";
  readonly byteSize: number;
  readonly target: Type;
}

export interface QualifiedType {
  readonly kind: "const" | "volatile" | "restrict" | "atomic";
  readonly target: Type;
}

export interface TypedefType {
  readonly kind: "typedef";
  /** Qualified with namespaces (`std::size_t`). */
  readonly name: string;
  readonly target: Type;
}

export interface ArrayType {
  readonly kind: "array";
  readonly element: Type;
  /** Element count per dimension, outermost first; undefined: not known (flexible, variable length). */
  readonly dimensions: readonly (number | undefined)[];
}

export interface RecordType {
  readonly kind: "struct" | "class" | "union";
  /** Qualified; undefined for anonymous ones. */
  readonly name: string | undefined;
  /** undefined: declared only, and no definition is anywhere in the program. */
  readonly byteSize: number | undefined;
  /** Base classes first, in memory order; static members are not here. */
  readonly members: readonly Member[];
  /** Template type arguments in order, with their names. */
  readonly templateArguments: readonly TemplateArgument[];
  /** Rust enums: which of the members is alive is told by a discriminant. */
  readonly variants: VariantPart | undefined;
}

export interface TemplateArgument {
  readonly name: string;
  readonly type: Type | undefined;
}

export interface Member {
  /** undefined: anonymous struct or union member. */
  readonly name: string | undefined;
  readonly type: Type;
  readonly isBase: boolean;
  readonly isArtificial: boolean;
  /** Byte offset in the object; of the storage unit for bit fields: undefined when found only at run time (virtual bases). */
  readonly offset: number | undefined;
  /** Computes the member's address from the object's address on the stack; when `offset` is undefined. */
  readonly offsetExpression: Expression | undefined;
  /** Bit fields: first bit from the least significant bit of the byte at `offset` (little-endian), and the width. */
  readonly bitOffset: number;
  readonly bitSize: number | undefined;
}

export interface VariantPart {
  /** Undefined: univariant. */
  readonly discriminant: Member | undefined;
  /** value undefined: the default variant. */
  readonly variants: readonly { readonly value: bigint | undefined; readonly members: readonly Member[] }[];
}

export interface EnumType {
  readonly kind: "enum";
  readonly name: string | undefined;
  readonly byteSize: number;
  readonly isSigned: boolean;
  readonly isClass: boolean;
  readonly enumerators: readonly { readonly name: string; readonly value: bigint }[];
}

export interface SubroutineType {
  readonly kind: "subroutine";
  readonly returnType: Type;
  readonly parameters: readonly Type[];
  readonly isVariadic: boolean;
}

export interface MemberPointerType {
  readonly kind: "memberPointer";
  readonly byteSize: number;
  readonly target: Type;
  readonly containing: Type;
}

export interface VoidType {
  readonly kind: "void";
}

/** nullptr_t and friends, and types that damaged debug information does not tell. */
export interface UnknownType {
  readonly kind: "unknown";
  readonly name: string;
  readonly byteSize: number | undefined;
}

// ---------------------------------------------------------------------------------------------------------------------
// Locations

/** DWARF expression bytes with the unit they mean (address size, tables). Opaque. */
export interface Expression {
  readonly bytes: Uint8Array;
  readonly addressSize: number;
  readonly addressAt: ((index: number) => bigint) | undefined;
  /** Size and encoding of the base type at an offset in the unit (DW_OP_convert and others). */
  readonly baseTypeAt: ((offset: number) => { byteSize: number; encoding: Encoding } | undefined) | undefined;
  /** Expression of another entry (DW_OP_call). */
  readonly expressionAt: ((offset: number, relative: boolean) => Expression | undefined) | undefined;
}

/** The frame in which a location is asked for. Addresses here are run-time addresses. */
export interface LocationContext {
  /** Run-time minus ELF address of the program. */
  readonly loadBias: bigint;
  /** By DWARF number (RISC-V: 0-31 integer, 32-63 floating point), unsigned; undefined: not known in this frame. */
  readRegister(dwarfNumber: number): bigint | undefined;
  /** Shorter than asked for where memory is not mapped. */
  readMemory(address: bigint, length: number): Uint8Array;
  /** Canonical frame address; undefined: unwinding failed. */
  cfa(): bigint | undefined;
  /** Overrides the function's own frame base. */
  frameBase?(): bigint | undefined;
  /** Run-time address of a thread-local variable by its offset in the thread-local block of the program. */
  tls?(offset: bigint): bigint | undefined;
  /** Value an expression (usually one register: `loneRegister`) had on entry to the function. */
  entryValue?(expression: Expression): bigint | undefined;
}

export type Location =
  /** Run-time address. */
  | { readonly kind: "memory"; readonly address: bigint }
  /** DWARF register number: the whole value, from its least significant byte. */
  | { readonly kind: "register"; readonly register: number }
  /** The value itself, little-endian; may be longer than the type (take its low bytes). Not writable. */
  | { readonly kind: "value"; readonly bytes: Uint8Array }
  | { readonly kind: "pieces"; readonly pieces: readonly Piece[] }
  | { readonly kind: "optimizedOut"; readonly reason: string };

export interface Piece {
  /** Never `pieces` itself. */
  readonly location: Location;
  /** Bits of the variable that this piece holds. */
  readonly bitSize: number;
  /** First bit within the location. */
  readonly bitOffset: number;
}

// ---------------------------------------------------------------------------------------------------------------------
// Unwinding

export type CfaRule =
  | { readonly kind: "register"; readonly register: number; readonly offset: bigint }
  | { readonly kind: "expression"; readonly expression: Expression };

export type RegisterRule =
  /** Not recoverable in the caller. */
  | { readonly kind: "undefined" }
  | { readonly kind: "sameValue" }
  /** Saved at cfa + offset. */
  | { readonly kind: "offset"; readonly offset: bigint }
  /** Is cfa + offset. */
  | { readonly kind: "valOffset"; readonly offset: bigint }
  | { readonly kind: "register"; readonly register: number }
  /** Evaluate with the cfa as initial stack: the address where it is saved, or (valExpression) the value. */
  | { readonly kind: "expression"; readonly expression: Expression }
  | { readonly kind: "valExpression"; readonly expression: Expression };

/** How to find the caller's registers at one place. Registers without a rule keep their value by the ABI (callee-saved) or are unknown. */
export interface UnwindRow {
  /** Code for which the row holds. */
  readonly range: AddressRange;
  /** Code of the FDE. */
  readonly functionRange: AddressRange;
  readonly cfa: CfaRule;
  readonly registers: ReadonlyMap<number, RegisterRule>;
  /** DWARF number of the column that holds the return address. Rule `undefined` there: outermost frame. */
  readonly returnAddressRegister: number;
  /** A signal trampoline: the pc of the caller is an instruction about to run, not a return address. */
  readonly isSignalFrame: boolean;
}

// ---------------------------------------------------------------------------------------------------------------------
// The facade

export interface SymbolName {
  readonly name: string;
  /** Demangled. */
  readonly displayName: string;
  readonly offset: bigint;
  readonly start: bigint;
  /** 0 when the symbol has none. */
  readonly size: bigint;
}

/** Everything known of one program. No method throws for bad debug information: see `warnings`. */
export interface Symbols {
  readonly name: string;
  /** What was wrong with the debug information and what is missing for it. Grows while more of it is read. */
  readonly warnings: readonly string[];
  readonly hasDebugInfo: boolean;

  /** Paths of all files that have line information, sorted. */
  sourceFiles(): readonly string[];
  /** The recorded path that `path` means: equal after normalization, else the only one with the longest common ending. */
  findSourceFile(path: string): string | undefined;
  lineForAddress(address: bigint): SourceLine | undefined;
  /** The code of the line around the address, within its function: merged ranges that touch the address's row. For stepping. */
  lineRangeContaining(address: bigint): AddressRange | undefined;
  /** All ranges of the function that belong to the same line as the address. */
  lineRanges(address: bigint): readonly AddressRange[];
  /** All code that has a line, piece by piece. */
  codeLines(): Iterable<CodeLine>;
  /** Undefined: no such file, or no code at or after the line. */
  addressesForLine(path: string, line: number): LineBreakpoint | undefined;
  /** Places between the lines (inclusive) where a breakpoint can be, sorted, no duplicates. */
  breakpointLocations(path: string, from: number, to: number): readonly BreakpointLocation[];

  /** By debug information, else by the symbol table. */
  functionAt(address: bigint): FunctionInfo | undefined;
  /** By source, qualified, display or linkage name. Also from the symbol table. */
  functionsNamed(name: string): readonly FunctionInfo[];
  /** The contiguous piece of the function that holds the address. */
  functionRange(address: bigint): AddressRange | undefined;
  /** Where a breakpoint on the function goes: past the prologue. */
  bodyStart(fn: FunctionInfo): bigint;
  /** Inlined calls active at the address, innermost first. */
  inlinedCallsAt(address: bigint): readonly InlinedCall[];
  /** Variables visible at the address, innermost scope first, function scope last (an inlined scope ends the list: pass includeCallers to go on). */
  visibleScopes(address: bigint, includeCallers?: boolean): readonly VisibleScope[];

  /** Unit-level variables and static members by source or qualified name; those of the unit at pc first. */
  globalsNamed(name: string, pc?: bigint): readonly Variable[];
  /** Unit-level variables of the unit at pc that have an address. */
  unitGlobals(pc: bigint): readonly Variable[];
  /** Named type, `struct x` and qualified names too. */
  typeNamed(name: string, pc?: bigint): Type | undefined;

  /** From .debug_frame or .eh_frame. Undefined: no unwind information there. */
  unwindRow(pc: bigint): UnwindRow | undefined;
  /**
   * What a register held when the call that returns to `returnAddress` was made, as an expression to evaluate in the
   * caller's frame; undefined when the compiler did not say. Serves `LocationContext.entryValue`.
   */
  callSiteValue(returnAddress: bigint, register: number): Expression | undefined;
  /** Evaluates an expression in a frame. Never throws. */
  evaluate(expression: Expression, context: LocationContext, initialStack?: readonly bigint[]): Location;

  symbolAt(address: bigint): SymbolName | undefined;
  /** ELF address of a symbol by mangled, then demangled name. */
  addressOf(name: string): bigint | undefined;
}
