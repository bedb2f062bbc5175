// Functions of one unit: their code, scopes and variables.
import type { AddressRange, Declaration, Expression, FunctionInfo, Scope, SourceLine, Type } from "./api.ts";
import type { DebugInfo } from "./debug-info.ts";
import { Attribute, Tag } from "./dwarf-constants.ts";
import { expressionOf, loneRegister } from "./expression-source.ts";
import { compare, type Interval, IntervalIndex } from "./intervals.ts";
import { isLocationList } from "./location-lists.ts";
import { rangesOf } from "./range-lists.ts";
import type { SourceLines } from "./source-lines.ts";
import type { TypeBuilder } from "./type-builder.ts";
import type { Die, Unit } from "./unit.ts";
import { DebugVariable } from "./variables.ts";

/** What functions, scopes and variables are made from. */
export interface Sources {
  readonly info: DebugInfo;
  readonly lines: SourceLines;
  readonly types: TypeBuilder;
}

/** All functions with code, by address; a unit is read when one of its addresses is first asked for. */
export class Functions {
  private readonly byUnit = new Map<Unit, IntervalIndex<DebugFunction>>();
  private readonly byEntry = new Map<Die, DebugFunction>();

  constructor(private readonly sources: Sources) {}

  at(address: bigint): DebugFunction | undefined {
    const unit = this.sources.info.unitAt(address);
    return unit && this.ofUnit(unit).find(address)?.value;
  }

  /** The function of an entry that has code. */
  ofEntry(die: Die): DebugFunction | undefined {
    this.ofUnit(die.unit);
    return this.byEntry.get(die);
  }

  private ofUnit(unit: Unit): IntervalIndex<DebugFunction> {
    let index = this.byUnit.get(unit);
    if (!index) {
      const intervals: Interval<DebugFunction>[] = [];
      for (const die of unit.entries().values()) {
        if (die.tag !== Tag.Subprogram) continue;
        this.sources.info.warnings.guard(`a function of ${unit.label} is missing`, undefined, () => {
          const ranges = rangesOf(die);
          if (ranges.length === 0) return;
          const fn = new DebugFunction(this.sources, die, ranges);
          this.byEntry.set(die, fn);
          for (const range of ranges) intervals.push({ ...range, value: fn });
        });
      }
      index = new IntervalIndex(intervals);
      this.byUnit.set(unit, index);
    }
    return index;
  }
}

export class DebugFunction implements FunctionInfo {
  readonly hasDebugInfo = true;
  readonly name: string;
  readonly displayName: string;
  readonly linkageName: string | undefined;
  readonly ranges: readonly AddressRange[];
  readonly body: DebugScope;
  readonly declaration: Declaration | undefined;
  readonly language: number;

  constructor(
    private readonly sources: Sources,
    readonly die: Die,
    ranges: readonly AddressRange[],
  ) {
    const { info } = sources;
    this.name = info.nameOf(die) ?? "<unnamed>";
    this.displayName = info.qualifiedName(die) ?? this.name;
    const linkage = info.withAttribute(die, Attribute.LinkageName);
    this.linkageName = linkage?.string(Attribute.LinkageName) ?? die.string(Attribute.MipsLinkageName);
    const low = die.address(Attribute.LowPc) ?? die.address(Attribute.EntryPc);
    const first = ranges.find((range) => range.low === low) ?? ranges[0];
    this.ranges = [first, ...ranges.filter((range) => range !== first)];
    this.declaration = declarationOf(sources, die);
    this.language = die.unit.language;
    this.body = new DebugScope(sources, die, "function", this);
  }

  get entry(): bigint {
    return this.ranges[0].low;
  }

  get returnType(): Type | undefined {
    const type = this.sources.types.typeOf(this.die);
    return type.kind === "void" ? undefined : type;
  }

  get frameBase() {
    const block = this.die.block(Attribute.FrameBase);
    return block && expressionOf(this.sources.info, this.die.unit, block);
  }

  /** Did the compiler track variables through the prologue (location lists)? Then they are right from the entry on. */
  get tracksVariables(): boolean {
    const { unit } = this.die;
    return this.die.children.some((child) => {
      const location = child.get(Attribute.Location);
      return location !== undefined && isLocationList(unit, location);
    });
  }
}

/**
 * The expression for what `register` held at the call that returns to `returnAddress` (DW_TAG_call_site_parameter), in
 * terms of the caller's frame.
 */
export function callSiteValue(
  { info }: Sources,
  caller: DebugFunction,
  returnAddress: bigint,
  register: number,
): Expression | undefined {
  const place = (die: Die) => die.address(Attribute.CallReturnPc) ?? die.address(Attribute.LowPc);
  const pending = [caller.die];
  for (let scope = pending.pop(); scope; scope = pending.pop()) {
    for (const child of scope.children) {
      if (child.tag === Tag.LexicalBlock || child.tag === Tag.InlinedSubroutine) pending.push(child);
      if (child.tag !== Tag.CallSite && child.tag !== Tag.GnuCallSite) continue;
      if (place(child) !== returnAddress) continue;
      for (const parameter of child.children) {
        const location = parameter.block(Attribute.Location);
        if (!location || loneRegister({ bytes: location }) !== register) continue;
        const value = parameter.block(Attribute.CallValue) ?? parameter.block(Attribute.GnuCallSiteValue);
        return value && expressionOf(info, child.unit, value);
      }
    }
  }
  return undefined;
}

export class DebugScope implements Scope {
  private cachedRanges: readonly AddressRange[] | undefined;
  private cachedVariables: readonly DebugVariable[] | undefined;
  private cachedChildren: readonly DebugScope[] | undefined;

  constructor(
    private readonly sources: Sources,
    readonly die: Die,
    readonly kind: Scope["kind"],
    private readonly fn: DebugFunction,
  ) {}

  get name(): string | undefined {
    if (this.kind === "block") return undefined;
    return this.guard(undefined, () => this.sources.info.qualifiedName(this.die));
  }

  get ranges(): readonly AddressRange[] {
    this.cachedRanges ??= this.kind === "function" ? this.fn.ranges : this.guard([], () => rangesOf(this.die));
    return this.cachedRanges;
  }

  /** Where the function of the scope is declared. */
  get declaration(): Declaration | undefined {
    return this.guard(undefined, () => declarationOf(this.sources, this.die));
  }

  get callSite(): SourceLine | undefined {
    if (this.kind !== "inlined") return undefined;
    return this.guard(undefined, () => {
      const path = this.sources.lines.fileOf(this.die.unit, this.die.number(Attribute.CallFile) ?? -1);
      const line = this.die.number(Attribute.CallLine);
      if (path === undefined || line === undefined) return undefined;
      return { path, line, column: this.die.number(Attribute.CallColumn) ?? 0, isStatement: true };
    });
  }

  get children(): readonly DebugScope[] {
    this.cachedChildren ??= this.guard([], () => {
      const scopes: DebugScope[] = [];
      for (const child of this.die.children) {
        if (child.tag === Tag.LexicalBlock || child.tag === Tag.TryBlock)
          scopes.push(new DebugScope(this.sources, child, "block", this.fn));
        else if (child.tag === Tag.InlinedSubroutine)
          scopes.push(new DebugScope(this.sources, child, "inlined", this.fn));
      }
      return scopes;
    });
    return this.cachedChildren;
  }

  get variables(): readonly DebugVariable[] {
    this.cachedVariables ??= this.guard([], () => this.readVariables());
    return this.cachedVariables;
  }

  contains(address: bigint): boolean {
    return this.ranges.some((range) => address >= range.low && address < range.high);
  }

  /** Scopes with the address, innermost first, this one last. */
  chainAt(address: bigint): DebugScope[] {
    const chain: DebugScope[] = [this];
    let at: DebugScope = this;
    for (;;) {
      const inner = at.children.find((child) => child.contains(address));
      if (!inner) {
        // Blocks without code of their own (only declarations) do not hide what is inside them.
        const hollow = at.children.find(
          (child) =>
            child.kind === "block" && child.ranges.length === 0 && child.children.some((c) => c.contains(address)),
        );
        if (!hollow) return chain.reverse();
        at = hollow;
      } else {
        at = inner;
      }
      chain.push(at);
    }
  }

  private guard<T>(fallback: T, action: () => T): T {
    return this.sources.info.warnings.guard(`part of ${this.fn.name} is missing`, fallback, action);
  }

  /** Own variables, and those of the abstract function that the compiler left out here. */
  private readVariables(): DebugVariable[] {
    const { info } = this.sources;
    const isVariable = (die: Die) => die.tag === Tag.FormalParameter || die.tag === Tag.Variable;
    const concrete = this.die.children.filter(isVariable);
    const origin = info.reference(this.die, Attribute.AbstractOrigin);
    const abstract = origin ? origin.children.filter(isVariable) : [];
    const order = new Map(abstract.map((die, index) => [die, index]));
    const present = new Set<Die>();
    const found = concrete.map((die, index) => {
      let rank = abstract.length + index;
      for (const link of info.chain(die)) {
        present.add(link);
        rank = order.get(link) ?? rank;
      }
      return { die, rank };
    });
    // Variables of inner blocks of the abstract function may have moved up here; then they stay where they are.
    for (const die of abstract) if (!present.has(die)) found.push({ die, rank: order.get(die)! });
    const isLocal = (die: Die) => (die.tag === Tag.FormalParameter ? 0 : 1);
    found.sort((a, b) => isLocal(a.die) - isLocal(b.die) || a.rank - b.rank);
    return found
      .filter(({ die }) => info.nameOf(die) !== undefined)
      .map(({ die }) => new DebugVariable(this.sources, die, this.fn));
  }
}

export function declarationOf({ info, lines }: Sources, die: Die): Declaration | undefined {
  const owner = info.withAttribute(die, Attribute.DeclLine);
  const line = owner?.number(Attribute.DeclLine);
  if (!owner || line === undefined) return undefined;
  // A definition that completes a declaration may repeat only what differs.
  const file = info.withAttribute(die, Attribute.DeclFile);
  const path = file && lines.fileOf(file.unit, file.number(Attribute.DeclFile) ?? -1);
  return path === undefined ? undefined : { path, line };
}

/** Sorted by entry address. */
export function sortFunctions<T extends FunctionInfo>(functions: T[]): T[] {
  return functions.sort((a, b) => compare(a.entry, b.entry));
}
