// One unit of .debug_info (or .debug_types): its header, its entries (DIEs), read when asked for.
import { type Abbreviation, type AbbreviationTable, readAbbreviations } from "./abbreviations.ts";
import type { ByteReader } from "./byte-reader.ts";
import { Attribute, Tag, UnitType } from "./dwarf-constants.ts";
import { type Format, type FormValue, fixedSize, readForm, skipForm } from "./forms.ts";
import type { DebugSections } from "./sections.ts";
import type { Warnings } from "./warnings.ts";

export type InfoSection = ".debug_info" | ".debug_types";

export interface UnitHeader extends Format {
  readonly section: InfoSection;
  /** Of the header in its section. */
  readonly offset: number;
  readonly end: number;
  readonly unitType: number;
  readonly abbreviationsOffset: number;
  /** Offset of the first entry. */
  readonly entries: number;
  /** Type units: the signature, and the offset of the type within the unit. */
  readonly signature: bigint | undefined;
  readonly typeOffset: number;
}

/** Reads the header at the reader's offset; leaves the reader at the first entry. */
export function readUnitHeader(reader: ByteReader, section: InfoSection): UnitHeader {
  const offset = reader.offset;
  const { length, offsetSize } = reader.initialLength();
  const end = reader.offset + length;
  if (end > reader.end) reader.fail(`the unit's length 0x${length.toString(16)} passes the end of the section`, offset);
  const version = reader.u16();
  if (version < 2 || version > 5) reader.fail(`DWARF version ${version} is not supported (2 to 5 are)`, offset);
  let unitType: number = section === ".debug_types" ? UnitType.Type : UnitType.Compile;
  let addressSize: number;
  let abbreviationsOffset: number;
  if (version >= 5) {
    unitType = reader.u8();
    addressSize = reader.u8();
    abbreviationsOffset = reader.word(offsetSize);
  } else {
    abbreviationsOffset = reader.word(offsetSize);
    addressSize = reader.u8();
  }
  if (addressSize !== 4 && addressSize !== 8)
    reader.fail(`addresses of ${addressSize} bytes are not supported`, offset);
  let signature: bigint | undefined;
  let typeOffset = 0;
  if (unitType === UnitType.Type || unitType === UnitType.SplitType) {
    signature = reader.u64();
    typeOffset = reader.word(offsetSize);
  } else if (unitType === UnitType.Skeleton || unitType === UnitType.SplitCompile) {
    reader.skip(8);
  }
  return {
    section,
    offset,
    end,
    version,
    offsetSize,
    addressSize,
    unitType,
    abbreviationsOffset,
    entries: reader.offset,
    signature,
    typeOffset,
  };
}

/** A debugging information entry. Attributes are decoded when one is first asked for. */
export class Die {
  readonly children: Die[] = [];
  private values: Map<number, FormValue> | undefined;

  constructor(
    readonly unit: Unit,
    readonly offset: number,
    readonly parent: Die | undefined,
    private readonly shape: Abbreviation,
    private readonly attributesAt: number,
  ) {}

  get tag(): number {
    return this.shape.tag;
  }

  get hasChildren(): boolean {
    return this.shape.hasChildren;
  }

  has(attribute: number): boolean {
    return this.shape.attributes.some((candidate) => candidate.attribute === attribute);
  }

  get(attribute: number): FormValue | undefined {
    if (!this.values) {
      this.values = new Map();
      const reader = this.unit.reader(this.attributesAt);
      for (const { attribute: name, form, constant } of this.shape.attributes) {
        const value = readForm(reader, form, constant, this.unit.header);
        if (!this.values.has(name)) this.values.set(name, value);
      }
    }
    return this.values.get(attribute);
  }

  /** Of a string attribute. */
  string(attribute: number): string | undefined {
    const value = this.get(attribute);
    return value && this.unit.stringOf(value);
  }

  /** Of a constant. Fixed-size data does not tell its sign; compilers write negative values as signed LEB128. */
  integer(attribute: number): bigint | undefined {
    const value = this.get(attribute);
    return value?.kind === "unsigned" || value?.kind === "signed" ? value.value : undefined;
  }

  number(attribute: number): number | undefined {
    const value = this.integer(attribute);
    return value === undefined ? undefined : Number(value);
  }

  flag(attribute: number): boolean {
    const value = this.get(attribute);
    return value?.kind === "flag" ? value.value : value?.kind === "unsigned" ? value.value !== 0n : false;
  }

  block(attribute: number): Uint8Array | undefined {
    const value = this.get(attribute);
    return value?.kind === "block" ? value.bytes : undefined;
  }

  /** Of an address attribute, by value or by index. */
  address(attribute: number): bigint | undefined {
    const value = this.get(attribute);
    if (value?.kind === "address") return value.value;
    if (value?.kind === "addressIndex") return this.unit.addressAt(value.index);
    return undefined;
  }
}

/** Nesting that no compiler produces. */
const MAX_DEPTH = 512;

export class Unit {
  private abbreviations: AbbreviationTable | undefined;
  private rootDie: Die | undefined;
  private tree: Map<number, Die> | undefined;
  private readonly sizes = new Map<Abbreviation, number | undefined>();

  constructor(
    readonly header: UnitHeader,
    readonly sections: DebugSections,
    private readonly warnings: Warnings,
    private readonly tables: Map<number, AbbreviationTable>,
  ) {}

  /** How messages call it. */
  get label(): string {
    try {
      return this.root.string(Attribute.Name) ?? `unit 0x${this.header.offset.toString(16)}`;
    } catch {
      return `unit 0x${this.header.offset.toString(16)}`;
    }
  }

  get isTypeUnit(): boolean {
    return this.header.signature !== undefined;
  }

  get language(): number {
    return this.root.number(Attribute.Language) ?? 0;
  }

  /** A cursor that ends with the unit. */
  reader(offset: number): ByteReader {
    return this.sections.reader(this.header.section, offset, this.header.end);
  }

  /** The unit's own entry. Throws DwarfError. */
  get root(): Die {
    if (!this.rootDie) {
      const die = this.read(this.reader(this.header.entries), undefined);
      if (!die) throw this.reader(this.header.entries).fail("the unit is empty");
      this.rootDie = die;
    }
    return this.rootDie;
  }

  /** Base address for ranges and location lists. */
  get baseAddress(): bigint {
    return this.root.address(Attribute.LowPc) ?? 0n;
  }

  /** Every entry of the unit; a damaged end is left out with a warning. */
  entries(): ReadonlyMap<number, Die> {
    if (!this.tree) {
      const tree = new Map<number, Die>();
      this.tree = tree;
      this.walk(
        (die) => {
          tree.set(die.offset, die);
          die.parent?.children.push(die);
          return true;
        },
        () => this.root,
      );
    }
    return this.tree;
  }

  /** The entry at an offset in the section. Throws DwarfError when there is none. */
  entryAt(offset: number): Die {
    const die = this.entries().get(offset);
    if (!die) throw this.reader(this.header.entries).fail("no entry begins there", offset);
    return die;
  }

  /**
   * Reads the entries in order without keeping them; children are entered when `visit` says so. Damage ends the walk
   * with a warning.
   */
  walk(visit: (die: Die) => boolean, makeRoot?: () => Die): void {
    this.warnings.guard(`the rest of ${this.label} is missing`, undefined, () => {
      const reader = this.reader(this.header.entries);
      const parents: Die[] = [];
      let skipping = 0;
      while (!reader.atEnd) {
        const parent = parents[parents.length - 1];
        if (skipping > 0) {
          skipping += this.pass(reader);
          continue;
        }
        let die = this.read(reader, parent);
        if (!die) {
          parents.pop();
          if (parents.length === 0) return;
          continue;
        }
        if (!parent && makeRoot) die = makeRoot();
        const descend = visit(die);
        if (!die.hasChildren) {
          if (parents.length === 0) return;
        } else if (descend) {
          if (parents.length >= MAX_DEPTH) reader.fail("entries are nested too deeply", die.offset);
          parents.push(die);
        } else {
          const sibling = die.get(Attribute.Sibling);
          const target = sibling?.kind === "unitReference" ? this.header.offset + sibling.offset : 0;
          // Only forward, or damage could make a loop.
          if (target >= reader.offset && target <= this.header.end) reader.offset = target;
          else skipping = 1;
        }
      }
    });
  }

  /** Offset in the section of a reference within this file; undefined when the value is none. */
  referenceOffset(value: FormValue): number | undefined {
    if (value.kind === "unitReference") return this.header.offset + value.offset;
    if (value.kind === "reference") return value.offset;
    return undefined;
  }

  stringOf(value: FormValue): string | undefined {
    switch (value.kind) {
      case "string":
        return value.value;
      case "stringAt":
        return this.sections.string(value.section, value.offset);
      case "stringIndex": {
        const base = this.base(Attribute.StrOffsetsBase, this.header.offsetSize === 8 ? 16 : 8);
        const reader = this.sections.reader(".debug_str_offsets", base + value.index * this.header.offsetSize);
        return this.sections.string(".debug_str", reader.word(this.header.offsetSize));
      }
      default:
        return undefined;
    }
  }

  /** Of .debug_addr, by index. */
  addressAt(index: number): bigint {
    const base = this.base(Attribute.AddrBase, this.header.version >= 5 ? (this.header.offsetSize === 8 ? 16 : 8) : 0);
    const reader = this.sections.reader(".debug_addr", base + index * this.header.addressSize);
    return reader.unsigned(this.header.addressSize);
  }

  /** Of an attribute that points into another section: DWARF 3 wrote such offsets as plain data. */
  sectionOffset(value: FormValue): number | undefined {
    if (value.kind === "sectionOffset") return value.offset;
    if (value.kind === "unsigned" && this.header.version < 4 && value.bits >= 32) return Number(value.value);
    return undefined;
  }

  /** Offset of a table of this unit in its section, from an attribute of the unit's entry. */
  base(attribute: Attribute, fallback: number): number {
    const gnu = attribute === Attribute.AddrBase ? this.root.get(Attribute.GnuAddrBase) : undefined;
    const value = this.root.get(attribute) ?? gnu;
    return (value && this.sectionOffset(value)) ?? fallback;
  }

  private shapes(): AbbreviationTable {
    if (!this.abbreviations) {
      const offset = this.header.abbreviationsOffset;
      let table = this.tables.get(offset);
      if (!table) {
        table = readAbbreviations(this.sections.reader(".debug_abbrev", offset));
        this.tables.set(offset, table);
      }
      this.abbreviations = table;
    }
    return this.abbreviations;
  }

  private shape(reader: ByteReader): Abbreviation | undefined {
    const at = reader.offset;
    const code = reader.uleb();
    if (code === 0) return undefined;
    const shape = this.shapes().get(code);
    if (!shape) reader.fail(`abbreviation ${code} does not exist`, at);
    return shape;
  }

  /** The entry at the reader, which is moved past it; undefined for the end of a list of children. */
  private read(reader: ByteReader, parent: Die | undefined): Die | undefined {
    const offset = reader.offset;
    const shape = this.shape(reader);
    if (!shape) return undefined;
    const attributesAt = reader.offset;
    this.skipAttributes(reader, shape);
    return new Die(this, offset, parent, shape, attributesAt);
  }

  /** Passes one entry; gives the change of depth. */
  private pass(reader: ByteReader): number {
    const shape = this.shape(reader);
    if (!shape) return -1;
    this.skipAttributes(reader, shape);
    return shape.hasChildren ? 1 : 0;
  }

  private skipAttributes(reader: ByteReader, shape: Abbreviation): void {
    let size = this.sizes.get(shape);
    if (size === undefined && !this.sizes.has(shape)) {
      size = 0;
      for (const { form } of shape.attributes) {
        const one = fixedSize(form, this.header);
        size = one === undefined || size === undefined ? undefined : size + one;
      }
      this.sizes.set(shape, size);
    }
    if (size !== undefined) reader.skip(size);
    else for (const { form } of shape.attributes) skipForm(reader, form, this.header);
  }
}

/** Is the tag one of a named type? */
export function isTypeTag(tag: number): boolean {
  switch (tag) {
    case Tag.BaseType:
    case Tag.StructureType:
    case Tag.ClassType:
    case Tag.UnionType:
    case Tag.InterfaceType:
    case Tag.EnumerationType:
    case Tag.Typedef:
    case Tag.TemplateAlias:
    case Tag.UnspecifiedType:
      return true;
    default:
      return false;
  }
}

/** A form that holds the value itself; then an attribute like DW_AT_high_pc is a length. */
export function isConstant(value: FormValue): boolean {
  return value.kind === "unsigned" || value.kind === "signed";
}
