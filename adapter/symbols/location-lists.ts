// Where a variable is at a given pc: .debug_loc (DWARF 3, 4) and .debug_loclists (DWARF 5).
import { Attribute, LocationListEntry } from "./dwarf-constants.ts";
import type { FormValue } from "./forms.ts";
import type { Unit } from "./unit.ts";

/** Is the value a list of locations, rather than one expression? */
export function isLocationList(unit: Unit, value: FormValue): boolean {
  return value.kind === "listIndex" || unit.sectionOffset(value) !== undefined;
}

/** The expression that holds at `pc`; undefined when none does. Throws DwarfError. */
export function locationAt(unit: Unit, value: FormValue, pc: bigint): Uint8Array | undefined {
  if (unit.header.version >= 5) return readLocationList(unit, listOffset(unit, value), pc);
  const offset = unit.sectionOffset(value);
  return offset === undefined ? undefined : readOldLocations(unit, offset, pc);
}

function listOffset(unit: Unit, value: FormValue): number {
  if (value.kind !== "listIndex") return unit.sectionOffset(value) ?? 0;
  const { offsetSize } = unit.header;
  const base = unit.base(Attribute.LoclistsBase, offsetSize === 8 ? 20 : 12);
  const reader = unit.sections.reader(".debug_loclists", base + value.index * offsetSize);
  return base + reader.word(offsetSize);
}

function readOldLocations(unit: Unit, offset: number, pc: bigint): Uint8Array | undefined {
  const size = unit.header.addressSize;
  const reader = unit.sections.reader(".debug_loc", offset);
  const selector = (1n << BigInt(size * 8)) - 1n;
  let base = unit.baseAddress;
  for (;;) {
    const low = reader.unsigned(size);
    const high = reader.unsigned(size);
    if (low === 0n && high === 0n) return undefined;
    if (low === selector) {
      base = high;
      continue;
    }
    const bytes = reader.take8(reader.u16());
    if (pc >= base + low && pc < base + high) return bytes;
  }
}

function readLocationList(unit: Unit, offset: number, pc: bigint): Uint8Array | undefined {
  const size = unit.header.addressSize;
  const reader = unit.sections.reader(".debug_loclists", offset);
  let base = unit.baseAddress;
  let fallback: Uint8Array | undefined;
  for (;;) {
    const at = reader.offset;
    const kind = reader.u8();
    let low = 0n;
    let high = 0n;
    switch (kind) {
      case LocationListEntry.EndOfList:
        return fallback;
      case LocationListEntry.BaseAddressx:
        base = unit.addressAt(reader.uleb());
        continue;
      case LocationListEntry.BaseAddress:
        base = reader.unsigned(size);
        continue;
      case LocationListEntry.ViewPair:
        reader.skipLeb();
        reader.skipLeb();
        continue;
      case LocationListEntry.DefaultLocation:
        fallback = reader.take8(reader.uleb());
        continue;
      case LocationListEntry.StartxEndx:
        low = unit.addressAt(reader.uleb());
        high = unit.addressAt(reader.uleb());
        break;
      case LocationListEntry.StartxLength:
        low = unit.addressAt(reader.uleb());
        high = low + reader.uleb64();
        break;
      case LocationListEntry.OffsetPair:
        low = base + reader.uleb64();
        high = base + reader.uleb64();
        break;
      case LocationListEntry.StartEnd:
        low = reader.unsigned(size);
        high = reader.unsigned(size);
        break;
      case LocationListEntry.StartLength:
        low = reader.unsigned(size);
        high = low + reader.uleb64();
        break;
      default:
        reader.fail(`location list entry ${kind} is unknown`, at);
    }
    const bytes = reader.take8(reader.uleb());
    if (pc >= low && pc < high) return bytes;
  }
}
