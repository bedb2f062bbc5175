// All units of a program, and the indexes by which entries are found: by address, by offset, by name.
import type { AbbreviationTable } from "./abbreviations.ts";
import type { AddressRange } from "./api.ts";
import { Attribute, Tag, UnitType } from "./dwarf-constants.ts";
import type { FormValue } from "./forms.ts";
import { type Interval, IntervalIndex } from "./intervals.ts";
import { rangesOf } from "./range-lists.ts";
import type { DebugSections } from "./sections.ts";
import { type Die, type InfoSection, isTypeTag, readUnitHeader, Unit } from "./unit.ts";
import type { Warnings } from "./warnings.ts";

/** Where a named entry is, without keeping the entry. */
export interface NamedEntry {
  readonly unit: Unit;
  readonly offset: number;
  readonly tag: number;
  readonly qualifiedName: string;
  /** Of types: no definition here. */
  readonly isDeclaration: boolean;
}

export class DebugInfo {
  readonly units: readonly Unit[];
  private byAddress: IntervalIndex<Unit> | undefined;
  private byName: Map<string, NamedEntry[]> | undefined;
  private bySignature: Map<bigint, Unit> | undefined;

  constructor(
    readonly sections: DebugSections,
    readonly warnings: Warnings,
  ) {
    const units: Unit[] = [];
    const tables = new Map<number, AbbreviationTable>();
    this.readUnits(".debug_info", units, tables);
    this.readUnits(".debug_types", units, tables);
    this.units = units;
  }

  /** The unit whose code the address is. */
  unitAt(address: bigint): Unit | undefined {
    this.byAddress ??= this.indexAddresses();
    return this.byAddress.find(address)?.value;
  }

  /** The unit that holds an offset of .debug_info. */
  unitOfOffset(section: InfoSection, offset: number): Unit | undefined {
    let low = 0;
    let high = this.units.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const header = this.units[middle].header;
      const before = header.section === section ? header.offset <= offset : header.section === ".debug_info";
      if (before) low = middle + 1;
      else high = middle;
    }
    const unit = this.units[low - 1];
    return unit && unit.header.section === section && offset < unit.header.end ? unit : undefined;
  }

  /** The entry that a reference means. Throws DwarfError when it leads nowhere; undefined for supplementary files. */
  resolve(from: Unit, value: FormValue): Die | undefined {
    if (value.kind === "signature") {
      const unit = this.typeUnit(value.value);
      return unit?.entryAt(unit.header.offset + unit.header.typeOffset);
    }
    const offset = from.referenceOffset(value);
    if (offset === undefined) return undefined;
    const section = value.kind === "unitReference" ? from.header.section : ".debug_info";
    const inside = section === from.header.section && offset >= from.header.entries && offset < from.header.end;
    const unit = inside ? from : this.unitOfOffset(section, offset);
    if (!unit) throw from.reader(from.header.entries).fail("a reference leads to no unit", offset);
    return unit.entryAt(offset);
  }

  /** The entry that an attribute refers to. */
  reference(die: Die, attribute: number): Die | undefined {
    const value = die.get(attribute);
    return value && this.resolve(die.unit, value);
  }

  /** The entry and those it completes: DW_AT_abstract_origin, DW_AT_specification. */
  *chain(die: Die): Generator<Die> {
    const seen = new Set<Die>();
    let next: Die | undefined = die;
    while (next && !seen.has(next)) {
      seen.add(next);
      yield next;
      next = this.reference(next, Attribute.AbstractOrigin) ?? this.reference(next, Attribute.Specification);
    }
  }

  /** The first entry of the chain that has the attribute. */
  withAttribute(die: Die, attribute: number): Die | undefined {
    for (const candidate of this.chain(die)) if (candidate.has(attribute)) return candidate;
    return undefined;
  }

  nameOf(die: Die): string | undefined {
    return this.withAttribute(die, Attribute.Name)?.string(Attribute.Name);
  }

  /** Name with namespaces, classes and enclosing functions: `ns::Stack<int>::push`. */
  qualifiedName(die: Die): string | undefined {
    let last = die;
    for (const candidate of this.chain(die)) last = candidate;
    const name = this.nameOf(die);
    if (name === undefined) return undefined;
    const parts = [name];
    for (let scope = last.parent, depth = 0; scope && depth < 64; scope = scope.parent, depth++) {
      const part = this.scopeName(scope);
      if (part !== undefined) parts.unshift(part);
      // A member function is defined outside its class: go on from its declaration.
      const specification = this.reference(scope, Attribute.Specification);
      if (specification) scope = specification;
    }
    return parts.join("::");
  }

  /** Entries with a source or qualified name: functions, unit-level variables, types. */
  named(name: string): readonly NamedEntry[] {
    this.byName ??= this.indexNames();
    return this.byName.get(name) ?? [];
  }

  private scopeName(die: Die): string | undefined {
    switch (die.tag) {
      case Tag.Namespace:
      case Tag.Module:
        return die.string(Attribute.Name) ?? "(anonymous namespace)";
      case Tag.StructureType:
      case Tag.ClassType:
      case Tag.UnionType:
      case Tag.InterfaceType:
        return die.string(Attribute.Name) ?? "(anonymous)";
      case Tag.Subprogram:
        return `${this.nameOf(die) ?? "?"}()`;
      default:
        return undefined;
    }
  }

  private typeUnit(signature: bigint): Unit | undefined {
    if (!this.bySignature) {
      this.bySignature = new Map();
      for (const unit of this.units)
        if (unit.header.signature !== undefined) this.bySignature.set(unit.header.signature, unit);
    }
    return this.bySignature.get(signature);
  }

  private readUnits(section: InfoSection, units: Unit[], tables: Map<number, AbbreviationTable>): void {
    const bytes = this.sections.get(section);
    let offset = 0;
    while (offset < bytes.length) {
      const at = offset;
      const next = this.warnings.guard("the units after it are missing", bytes.length, () => {
        const reader = this.sections.reader(section, at);
        const { length } = reader.initialLength();
        const end = reader.offset + length;
        if (end > bytes.length) reader.fail(`the unit's length 0x${length.toString(16)} passes the section's end`, at);
        return end;
      });
      offset = next;
      this.warnings.guard("this unit is missing", undefined, () => {
        if (next === bytes.length && bytes.length - at < 11) return;
        const header = readUnitHeader(this.sections.reader(section, at), section);
        if (header.unitType === UnitType.Skeleton || header.unitType === UnitType.SplitCompile) {
          this.warnings.add(
            `${section} at 0x${at.toString(16)}: the unit's information is in a separate .dwo file, which is not read; its functions and variables are missing`,
          );
          return;
        }
        units.push(new Unit(header, this.sections, this.warnings, tables));
      });
    }
  }

  private indexAddresses(): IntervalIndex<Unit> {
    const listed = this.warnings.guard("unit addresses are taken from .debug_info", new Map(), () =>
      this.readAranges(),
    );
    const intervals: Interval<Unit>[] = [];
    for (const unit of this.units) {
      if (unit.isTypeUnit) continue;
      this.warnings.guard(`code of ${unit.label} is not found by address`, undefined, () => {
        const own = rangesOf(unit.root);
        const ranges: readonly AddressRange[] = own.length > 0 ? own : (listed.get(unit.header.offset) ?? []);
        for (const range of ranges) intervals.push({ ...range, value: unit });
      });
    }
    return new IntervalIndex(intervals);
  }

  /** .debug_aranges: ranges by offset of the unit. */
  private readAranges(): Map<number, AddressRange[]> {
    const found = new Map<number, AddressRange[]>();
    const reader = this.sections.reader(".debug_aranges");
    while (!reader.atEnd) {
      const start = reader.offset;
      const { length, offsetSize } = reader.initialLength();
      const end = reader.offset + length;
      reader.skip(2);
      const unit = reader.word(offsetSize);
      const addressSize = reader.u8();
      reader.skip(1);
      if (addressSize !== 4 && addressSize !== 8)
        reader.fail(`addresses of ${addressSize} bytes are not supported`, start);
      const tuple = 2 * addressSize;
      reader.offset += (tuple - ((reader.offset - start) % tuple)) % tuple;
      const ranges: AddressRange[] = [];
      while (reader.offset + tuple <= end) {
        const low = reader.unsigned(addressSize);
        const size = reader.unsigned(addressSize);
        if (size > 0n && this.sections.isCode(low)) ranges.push({ low, high: low + size });
      }
      found.set(unit, ranges);
      if (end > reader.end) reader.fail("the set passes the end of the section", start);
      reader.offset = end;
    }
    return found;
  }

  private indexNames(): Map<string, NamedEntry[]> {
    const index = new Map<string, NamedEntry[]>();
    for (const unit of this.units) this.indexUnit(unit, index);
    return index;
  }

  private indexUnit(unit: Unit, index: Map<string, NamedEntry[]>): void {
    const put = (key: string, entry: NamedEntry) => {
      const list = index.get(key);
      if (list) list.push(entry);
      else index.set(key, [entry]);
    };
    const scopes = new Map<Die, string>();
    unit.walk((die) => {
      const { tag } = die;
      if (tag === Tag.CompileUnit || tag === Tag.PartialUnit || tag === Tag.TypeUnit) return true;
      const prefix = (die.parent && scopes.get(die.parent)) ?? "";
      const isScope = this.scopeTag(tag);
      if (!isScope && tag !== Tag.Subprogram && tag !== Tag.Variable && tag !== Tag.Member && !isTypeTag(tag))
        return false;
      if (tag === Tag.Namespace || tag === Tag.Module) {
        scopes.set(die, `${prefix}${die.string(Attribute.Name) ?? "(anonymous namespace)"}::`);
        return true;
      }
      // Data members are found through their type; static ones are variables.
      if (tag === Tag.Member && !die.has(Attribute.External)) return false;
      this.warnings.guard(`one name of ${unit.label} is missing`, undefined, () => {
        const direct = die.string(Attribute.Name);
        const outside = die.has(Attribute.Specification) || die.has(Attribute.AbstractOrigin);
        const name = direct ?? (outside ? this.nameOf(die) : undefined);
        if (name === undefined) return;
        const qualifiedName = direct !== undefined ? prefix + name : (this.qualifiedName(die) ?? name);
        const isDeclaration = die.flag(Attribute.Declaration);
        const entry = { unit, offset: die.offset, tag, qualifiedName, isDeclaration };
        put(name, entry);
        if (qualifiedName !== name) put(qualifiedName, entry);
        if (tag === Tag.Subprogram) {
          const linkage = die.string(Attribute.LinkageName) ?? die.string(Attribute.MipsLinkageName);
          if (linkage !== undefined && linkage !== name) put(linkage, entry);
        }
      });
      if (isScope) scopes.set(die, `${prefix}${die.string(Attribute.Name) ?? "(anonymous)"}::`);
      return isScope;
    });
  }

  private scopeTag(tag: number): boolean {
    switch (tag) {
      case Tag.Namespace:
      case Tag.Module:
      case Tag.StructureType:
      case Tag.ClassType:
      case Tag.UnionType:
      case Tag.InterfaceType:
        return true;
      default:
        return false;
    }
  }
}
