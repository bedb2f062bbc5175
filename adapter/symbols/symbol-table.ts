// Answers the debugger's questions from debug information and the ELF symbol table.
import { ElfClass, type ElfFile } from "../../emulator/elf/elf.ts";
import type {
  AddressRange,
  BreakpointLocation,
  CodeLine,
  Expression,
  FunctionInfo,
  InlinedCall,
  LineBreakpoint,
  Location,
  LocationContext,
  SourceLine,
  SymbolName,
  Symbols,
  SymbolsOptions,
  Type,
  UnwindRow,
  Variable,
  VisibleScope,
} from "./api.ts";
import { Breakpoints } from "./breakpoints.ts";
import { CallFrames } from "./call-frames.ts";
import { DebugInfo, type NamedEntry } from "./debug-info.ts";
import { Attribute, Tag } from "./dwarf-constants.ts";
import { ElfSymbols } from "./elf-symbols.ts";
import { evaluateExpression } from "./expression.ts";
import { callSiteValue, Functions, type Sources, sortFunctions } from "./functions.ts";
import { DebugSections } from "./sections.ts";
import { SourceLines } from "./source-lines.ts";
import { TypeBuilder } from "./type-builder.ts";
import { isTypeTag, type Unit } from "./unit.ts";
import { DebugVariable } from "./variables.ts";
import { Warnings } from "./warnings.ts";

export class SymbolTable implements Symbols {
  readonly hasDebugInfo: boolean;
  private readonly problems = new Warnings();
  private readonly info: DebugInfo;
  private readonly lines: SourceLines;
  private readonly types: TypeBuilder;
  private readonly sources: Sources;
  private readonly functions: Functions;
  private readonly breakpoints: Breakpoints;
  private readonly frames: CallFrames;
  private readonly elfSymbols: ElfSymbols;

  constructor(
    elf: ElfFile,
    readonly name: string,
    options: SymbolsOptions,
  ) {
    const sections = new DebugSections(elf, options, this.problems);
    this.info = new DebugInfo(sections, this.problems);
    this.lines = new SourceLines(this.info);
    this.types = new TypeBuilder(this.info);
    this.sources = { info: this.info, lines: this.lines, types: this.types };
    this.functions = new Functions(this.sources);
    this.breakpoints = new Breakpoints(this.lines, this.functions);
    this.frames = new CallFrames(sections, elf.class === ElfClass.Elf64 ? 8 : 4, this.problems);
    this.elfSymbols = new ElfSymbols(elf);
    this.hasDebugInfo = this.info.units.length > 0 || sections.has(".debug_line");
  }

  get warnings(): readonly string[] {
    return this.problems.list;
  }

  // Lines

  sourceFiles(): readonly string[] {
    return this.guard([], () => this.lines.paths());
  }

  findSourceFile(path: string): string | undefined {
    return this.guard(undefined, () => this.lines.findPath(path));
  }

  lineForAddress(address: bigint): SourceLine | undefined {
    return this.guard(undefined, () => this.lines.lineAt(address));
  }

  lineRangeContaining(address: bigint): AddressRange | undefined {
    return this.guard(undefined, () => this.lines.rangeAround(address, this.functionRange(address)));
  }

  lineRanges(address: bigint): readonly AddressRange[] {
    return this.guard([], () => {
      const bounds = this.functions.at(address)?.ranges ?? this.boundsOf(address);
      return this.lines.rangesOfLine(address, bounds);
    });
  }

  codeLines(): Iterable<CodeLine> {
    return this.guard([], () => this.lines.code());
  }

  addressesForLine(path: string, line: number): LineBreakpoint | undefined {
    return this.guard(undefined, () => this.breakpoints.forLine(path, line));
  }

  breakpointLocations(path: string, from: number, to: number): readonly BreakpointLocation[] {
    return this.guard([], () => this.breakpoints.locations(path, from, to));
  }

  // Functions

  functionAt(address: bigint): FunctionInfo | undefined {
    return this.guard(undefined, () => this.functions.at(address)) ?? this.symbolFunction(address);
  }

  functionsNamed(name: string): readonly FunctionInfo[] {
    const found = this.guard([] as FunctionInfo[], () => {
      const functions: FunctionInfo[] = [];
      for (const entry of this.info.named(name)) {
        if (entry.tag !== Tag.Subprogram) continue;
        const fn = this.functions.ofEntry(entry.unit.entryAt(entry.offset));
        if (fn && !functions.includes(fn)) functions.push(fn);
      }
      return sortFunctions(functions);
    });
    if (found.length > 0) return found;
    const address = this.addressOf(name);
    const fn = address === undefined ? undefined : this.functionAt(address);
    return fn && fn.entry === address ? [fn] : [];
  }

  functionRange(address: bigint): AddressRange | undefined {
    const fn = this.guard(undefined, () => this.functions.at(address));
    const own = fn?.ranges.find((range) => address >= range.low && address < range.high);
    return own ?? this.boundsOf(address)?.[0];
  }

  bodyStart(fn: FunctionInfo): bigint {
    return this.guard(fn.entry, () => this.breakpoints.bodyStart(fn));
  }

  inlinedCallsAt(address: bigint): readonly InlinedCall[] {
    return this.guard([], () => {
      const chain = this.functions.at(address)?.body.chainAt(address) ?? [];
      return chain
        .filter((scope) => scope.kind === "inlined")
        .map((scope) => ({ name: scope.name ?? "<unnamed>", scope, callSite: scope.callSite }));
    });
  }

  visibleScopes(address: bigint, includeCallers = false): readonly VisibleScope[] {
    return this.guard([], () => {
      const visible: VisibleScope[] = [];
      for (const scope of this.functions.at(address)?.body.chainAt(address) ?? []) {
        visible.push({ scope, variables: scope.variables });
        if (scope.kind === "inlined" && !includeCallers) break;
      }
      return visible;
    });
  }

  // Names

  globalsNamed(name: string, pc?: bigint): readonly Variable[] {
    return this.guard([], () => {
      const variables: DebugVariable[] = [];
      for (const entry of this.nearFirst(name, pc)) {
        if (entry.tag !== Tag.Variable && entry.tag !== Tag.Member) continue;
        const die = entry.unit.entryAt(entry.offset);
        if (entry.isDeclaration && !die.has(Attribute.ConstValue)) continue;
        variables.push(new DebugVariable(this.sources, die, undefined));
      }
      const known = (variable: DebugVariable) => (variable.die.has(Attribute.Location) ? 0 : 1);
      return variables.sort((a, b) => known(a) - known(b));
    });
  }

  unitGlobals(pc: bigint): readonly Variable[] {
    return this.guard([], () => {
      const unit = this.info.unitAt(pc);
      if (!unit) return [];
      const variables: DebugVariable[] = [];
      unit.walk((die) => {
        if (die.tag === Tag.Variable && die.has(Attribute.Location)) {
          const kept = unit.entryAt(die.offset);
          if (this.info.nameOf(kept) !== undefined) variables.push(new DebugVariable(this.sources, kept, undefined));
        }
        return die.tag === Tag.CompileUnit || die.tag === Tag.PartialUnit || die.tag === Tag.Namespace;
      });
      return variables;
    });
  }

  typeNamed(name: string, pc?: bigint): Type | undefined {
    return this.guard(undefined, () => {
      const [, keyword, bare] = /^(?:(struct|union|class|enum)\s+)?(.*)$/s.exec(name.trim())!;
      const wanted = (entry: NamedEntry) => {
        if (!isTypeTag(entry.tag)) return false;
        switch (keyword) {
          case "struct":
          case "class":
            return entry.tag === Tag.StructureType || entry.tag === Tag.ClassType;
          case "union":
            return entry.tag === Tag.UnionType;
          case "enum":
            return entry.tag === Tag.EnumerationType;
          default:
            return true;
        }
      };
      const entries = this.nearFirst(bare, pc).filter(wanted);
      const entry = entries.find((candidate) => !candidate.isDeclaration) ?? entries[0];
      return entry && this.types.type(entry.unit.entryAt(entry.offset));
    });
  }

  // Frames and expressions

  unwindRow(pc: bigint): UnwindRow | undefined {
    return this.guard(undefined, () => this.frames.row(pc));
  }

  callSiteValue(returnAddress: bigint, register: number): Expression | undefined {
    return this.guard(undefined, () => {
      // The return address may be past the end of the caller: the call is just before it.
      const caller = this.functions.at(returnAddress - 1n);
      return caller && callSiteValue(this.sources, caller, returnAddress, register);
    });
  }

  evaluate(expression: Expression, context: LocationContext, initialStack?: readonly bigint[]): Location {
    return evaluateExpression(expression, context, initialStack);
  }

  symbolAt(address: bigint): SymbolName | undefined {
    return this.guard(undefined, () => this.elfSymbols.at(address));
  }

  addressOf(name: string): bigint | undefined {
    return this.guard(undefined, () => this.elfSymbols.addressOf(name));
  }

  private guard<T>(fallback: T, action: () => T): T {
    return this.problems.guard("the answer that needed it is missing", fallback, action);
  }

  /** Entries with a name, those of the unit at pc first. */
  private nearFirst(name: string, pc: bigint | undefined): readonly NamedEntry[] {
    const entries = this.info.named(name);
    const here: Unit | undefined = pc === undefined ? undefined : this.info.unitAt(pc);
    if (!here) return entries;
    return [...entries.filter((entry) => entry.unit === here), ...entries.filter((entry) => entry.unit !== here)];
  }

  /** The extent of the ELF symbol at the address. */
  private boundsOf(address: bigint): readonly AddressRange[] | undefined {
    return this.guard(undefined, () => {
      const symbol = this.elfSymbols.at(address);
      const high = this.elfSymbols.endOf(address);
      return symbol && high !== undefined ? [{ low: symbol.start, high }] : undefined;
    });
  }

  /** What the symbol table alone says of a function. */
  private symbolFunction(address: bigint): FunctionInfo | undefined {
    return this.guard(undefined, () => {
      if (!this.elfSymbols.isFunctionAt(address)) return undefined;
      const symbol = this.elfSymbols.at(address)!;
      const ranges = this.boundsOf(address) ?? [];
      return {
        name: symbol.displayName,
        displayName: symbol.displayName,
        linkageName: symbol.name,
        ranges,
        entry: symbol.start,
        declaration: undefined,
        returnType: undefined,
        language: 0,
        hasDebugInfo: false,
        frameBase: undefined,
        body: { kind: "function", name: symbol.displayName, ranges, callSite: undefined, variables: [], children: [] },
      };
    });
  }
}
