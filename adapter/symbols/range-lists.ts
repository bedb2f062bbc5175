// Address ranges of an entry: DW_AT_low_pc/high_pc, .debug_ranges (DWARF 3, 4) and .debug_rnglists (DWARF 5).
import type { AddressRange } from "./api.ts";
import { Attribute, RangeListEntry } from "./dwarf-constants.ts";
import type { FormValue } from "./forms.ts";
import { type Die, isConstant, type Unit } from "./unit.ts";

/** The code of an entry; empty when it has none, or when the linker threw it away. Throws DwarfError. */
export function rangesOf(die: Die): AddressRange[] {
  const ranges = die.get(Attribute.Ranges);
  const found = ranges ? readRanges(die.unit, ranges) : contiguous(die);
  return found.filter((range) => range.high > range.low && die.unit.sections.isCode(range.low));
}

function contiguous(die: Die): AddressRange[] {
  const high = die.get(Attribute.HighPc);
  const low = die.address(Attribute.LowPc);
  if (low === undefined || !high) return [];
  const end = isConstant(high) ? low + die.integer(Attribute.HighPc)! : die.address(Attribute.HighPc);
  return end === undefined ? [] : [{ low, high: BigInt.asUintN(64, end) }];
}

function readRanges(unit: Unit, value: FormValue): AddressRange[] {
  if (unit.header.version >= 5) return readRangeList(unit, listOffset(unit, value));
  const offset = unit.sectionOffset(value);
  if (offset === undefined) return [];
  return readOldRanges(unit, offset + unit.base(Attribute.GnuRangesBase, 0));
}

function listOffset(unit: Unit, value: FormValue): number {
  if (value.kind !== "listIndex") return unit.sectionOffset(value) ?? 0;
  const { offsetSize } = unit.header;
  const base = unit.base(Attribute.RnglistsBase, offsetSize === 8 ? 20 : 12);
  const reader = unit.sections.reader(".debug_rnglists", base + value.index * offsetSize);
  return base + reader.word(offsetSize);
}

function readOldRanges(unit: Unit, offset: number): AddressRange[] {
  const size = unit.header.addressSize;
  const reader = unit.sections.reader(".debug_ranges", offset);
  const selector = (1n << BigInt(size * 8)) - 1n;
  const ranges: AddressRange[] = [];
  let base = unit.baseAddress;
  for (;;) {
    const low = reader.unsigned(size);
    const high = reader.unsigned(size);
    if (low === 0n && high === 0n) return ranges;
    if (low === selector) base = high;
    else ranges.push({ low: (base + low) & selector, high: (base + high) & selector });
  }
}

function readRangeList(unit: Unit, offset: number): AddressRange[] {
  const size = unit.header.addressSize;
  const reader = unit.sections.reader(".debug_rnglists", offset);
  const ranges: AddressRange[] = [];
  let base = unit.baseAddress;
  const push = (low: bigint, high: bigint) =>
    ranges.push({ low: BigInt.asUintN(64, low), high: BigInt.asUintN(64, high) });
  for (;;) {
    const at = reader.offset;
    const kind = reader.u8();
    switch (kind) {
      case RangeListEntry.EndOfList:
        return ranges;
      case RangeListEntry.BaseAddressx:
        base = unit.addressAt(reader.uleb());
        break;
      case RangeListEntry.StartxEndx:
        push(unit.addressAt(reader.uleb()), unit.addressAt(reader.uleb()));
        break;
      case RangeListEntry.StartxLength: {
        const low = unit.addressAt(reader.uleb());
        push(low, low + reader.uleb64());
        break;
      }
      case RangeListEntry.OffsetPair:
        push(base + reader.uleb64(), base + reader.uleb64());
        break;
      case RangeListEntry.BaseAddress:
        base = reader.unsigned(size);
        break;
      case RangeListEntry.StartEnd:
        push(reader.unsigned(size), reader.unsigned(size));
        break;
      case RangeListEntry.StartLength: {
        const low = reader.unsigned(size);
        push(low, low + reader.uleb64());
        break;
      }
      default:
        reader.fail(`range list entry ${kind} is unknown`, at);
    }
  }
}
