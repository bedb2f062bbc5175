// .debug_line: the header of one line number program, and the rows it makes. Versions 2 to 5.
import type { ByteReader } from "./byte-reader.ts";
import { LineContent } from "./dwarf-constants.ts";
import { readForm } from "./forms.ts";
import type { DebugSections } from "./sections.ts";
import { joinPath } from "./source-path.ts";

export interface LineHeader {
  readonly offset: number;
  readonly end: number;
  readonly version: number;
  readonly addressSize: number;
  /** Offset of the first opcode. */
  readonly program: number;
  readonly minimumInstructionLength: number;
  readonly maximumOperations: number;
  readonly defaultIsStatement: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  readonly operandCounts: readonly number[];
  /** Normalized paths, by the index that rows use (0 unused before version 5). DW_LNE_define_file adds to it. */
  readonly files: string[];
  /** Directories, for DW_LNE_define_file. */
  readonly directories: readonly string[];
}

export enum RowFlag {
  IsStatement = 1,
  PrologueEnd = 2,
  EpilogueBegin = 4,
  BasicBlock = 8,
  /** First address past a sequence; belongs to no line. */
  EndSequence = 16,
}

/** Rows in program order, one array per column. */
export interface LineRows {
  readonly addresses: bigint[];
  readonly files: number[];
  readonly lines: number[];
  readonly columns: number[];
  readonly flags: number[];
  readonly discriminators: number[];
  /** Number of the row among those at one address with the same sequence of changes, as the assembler counts views. */
  readonly views: number[];
}

/** Reads the header at the reader's offset. `compilationDirectory` completes relative paths before version 5. */
export function readLineHeader(reader: ByteReader, sections: DebugSections, compilationDirectory: string): LineHeader {
  const offset = reader.offset;
  const { length, offsetSize } = reader.initialLength();
  const end = reader.offset + length;
  if (end > reader.end) reader.fail(`the program's length 0x${length.toString(16)} passes the section's end`, offset);
  reader.end = end;
  const version = reader.u16();
  if (version < 2 || version > 5) reader.fail(`line table version ${version} is not supported (2 to 5 are)`, offset);
  let addressSize = 8;
  if (version >= 5) {
    addressSize = reader.u8();
    reader.skip(1);
  }
  const headerLength = reader.word(offsetSize);
  const program = reader.offset + headerLength;
  if (program > end) reader.fail("the header is longer than the program", offset);
  const minimumInstructionLength = reader.u8();
  const maximumOperations = version >= 4 ? Math.max(1, reader.u8()) : 1;
  const defaultIsStatement = reader.u8() !== 0;
  const lineBase = reader.i8();
  const lineRange = reader.u8();
  const opcodeBase = reader.u8();
  const operandCounts = [0];
  for (let opcode = 1; opcode < opcodeBase; opcode++) operandCounts.push(reader.u8());
  const names =
    version >= 5
      ? readEntries(reader, sections, { version, addressSize, offsetSize }, compilationDirectory)
      : readOldEntries(reader, compilationDirectory);
  return {
    offset,
    end,
    version,
    addressSize,
    program,
    minimumInstructionLength,
    maximumOperations,
    defaultIsStatement,
    lineBase,
    lineRange,
    opcodeBase,
    operandCounts,
    ...names,
  };
}

type Names = Pick<LineHeader, "files" | "directories">;

function readOldEntries(reader: ByteReader, compilationDirectory: string): Names {
  const directories = [compilationDirectory];
  for (let name = reader.string(); name !== ""; name = reader.string())
    directories.push(joinPath(compilationDirectory, name));
  const files = [""];
  for (let name = reader.string(); name !== ""; name = reader.string()) {
    const directory = reader.uleb();
    reader.skipLeb();
    reader.skipLeb();
    files.push(joinPath(directories[directory] ?? compilationDirectory, name));
  }
  return { files, directories };
}

function readEntries(
  reader: ByteReader,
  sections: DebugSections,
  format: { version: number; addressSize: number; offsetSize: 4 | 8 },
  compilationDirectory: string,
): Names {
  const table = () => {
    const shapes: { content: number; form: number }[] = [];
    for (let count = reader.u8(); count > 0; count--) shapes.push({ content: reader.uleb(), form: reader.uleb() });
    const entries: { path: string; directory: number }[] = [];
    const count = reader.uleb();
    if (count > reader.end - reader.offset) reader.fail(`${count} file names cannot fit`);
    for (let i = 0; i < count; i++) {
      let path = "";
      let directory = 0;
      for (const { content, form } of shapes) {
        const value = readForm(reader, form, 0n, format);
        if (content === LineContent.Path) {
          if (value.kind === "string") path = value.value;
          else if (value.kind === "stringAt") path = sections.string(value.section, value.offset);
        } else if (content === LineContent.DirectoryIndex && value.kind === "unsigned") {
          directory = Number(value.value);
        }
      }
      entries.push({ path, directory });
    }
    return entries;
  };
  const directories: string[] = [];
  for (const { path } of table())
    directories.push(directories.length === 0 ? joinPath(compilationDirectory, path) : joinPath(directories[0], path));
  const files = table().map((file) => joinPath(directories[file.directory] ?? compilationDirectory, file.path));
  return { files, directories };
}

/** Longer tables are damage: each row takes at least one byte, and views of real programs stay far below. */
const MAX_ROWS = 50_000_000;

/** Runs the program. When it is damaged, the rows before the damage are kept and `problem` tells. */
export function runLineProgram(reader: ByteReader, header: LineHeader): { rows: LineRows; problem: unknown } {
  const rows: LineRows = { addresses: [], files: [], lines: [], columns: [], flags: [], discriminators: [], views: [] };
  const machine = new LineMachine(reader, header, rows);
  try {
    while (!reader.atEnd && rows.addresses.length < MAX_ROWS) machine.step();
    return { rows, problem: undefined };
  } catch (problem) {
    return { rows, problem };
  }
}

class LineMachine {
  private address = 0n;
  private operation = 0;
  private file = 1;
  private line = 1;
  private column = 0;
  private isStatement: boolean;
  private once = 0;
  private discriminator = 0;
  private view = 0;

  constructor(
    private readonly reader: ByteReader,
    private readonly header: LineHeader,
    private readonly rows: LineRows,
  ) {
    this.isStatement = header.defaultIsStatement;
  }

  step(): void {
    const opcode = this.reader.u8();
    if (opcode >= this.header.opcodeBase) this.special(opcode);
    else if (opcode === 0) this.extended();
    else this.standard(opcode);
  }

  private special(opcode: number): void {
    const { lineBase, lineRange, opcodeBase } = this.header;
    if (lineRange === 0) this.reader.fail("a line range of 0 allows no special opcodes");
    const adjusted = opcode - opcodeBase;
    this.advance(Math.floor(adjusted / lineRange));
    this.line += lineBase + (adjusted % lineRange);
    this.emit();
  }

  private advance(operations: number): void {
    const { minimumInstructionLength, maximumOperations } = this.header;
    if (maximumOperations === 1) {
      this.move(BigInt(minimumInstructionLength * operations));
      return;
    }
    const total = this.operation + operations;
    this.move(BigInt(minimumInstructionLength * Math.floor(total / maximumOperations)));
    this.operation = total % maximumOperations;
  }

  private move(delta: bigint): void {
    if (delta === 0n) return;
    this.address = BigInt.asUintN(64, this.address + delta);
    this.view = 0;
  }

  private emit(flags = 0): void {
    const { rows } = this;
    rows.addresses.push(this.address);
    rows.files.push(this.file);
    rows.lines.push(Math.max(0, this.line));
    rows.columns.push(this.column);
    rows.flags.push((this.isStatement ? RowFlag.IsStatement : 0) | this.once | flags);
    rows.discriminators.push(this.discriminator);
    rows.views.push(this.view++);
    this.once = 0;
    this.discriminator = 0;
  }

  private standard(opcode: number): void {
    const { reader } = this;
    switch (opcode) {
      case 1: // DW_LNS_copy
        return this.emit();
      case 2: // advance_pc
        return this.advance(reader.uleb());
      case 3: // advance_line
        this.line += reader.sleb();
        return;
      case 4: // set_file
        this.file = reader.uleb();
        return;
      case 5: // set_column
        this.column = reader.uleb();
        return;
      case 6: // negate_stmt
        this.isStatement = !this.isStatement;
        return;
      case 7: // set_basic_block
        this.once |= RowFlag.BasicBlock;
        return;
      case 8: {
        // const_add_pc
        if (this.header.lineRange === 0) reader.fail("a line range of 0 allows no DW_LNS_const_add_pc");
        return this.advance(Math.floor((255 - this.header.opcodeBase) / this.header.lineRange));
      }
      case 9: // fixed_advance_pc: the one advance that leaves the view number alone
        this.operation = 0;
        this.address = BigInt.asUintN(64, this.address + BigInt(reader.u16()));
        return;
      case 10: // set_prologue_end
        this.once |= RowFlag.PrologueEnd;
        return;
      case 11: // set_epilogue_begin
        this.once |= RowFlag.EpilogueBegin;
        return;
      case 12: // set_isa
        return reader.skipLeb();
      default:
        for (let count = this.header.operandCounts[opcode] ?? 0; count > 0; count--) reader.skipLeb();
    }
  }

  private extended(): void {
    const { reader } = this;
    const length = reader.uleb();
    if (length === 0) return;
    const end = reader.offset + length;
    const opcode = reader.u8();
    switch (opcode) {
      case 1: // DW_LNE_end_sequence
        this.emit(RowFlag.EndSequence);
        this.reset();
        break;
      case 2: // set_address
        this.address = reader.unsigned(length - 1);
        this.operation = 0;
        this.view = 0;
        break;
      case 3: {
        // define_file
        const name = reader.string();
        this.header.files.push(joinPath(this.header.directories[reader.uleb()] ?? "", name));
        break;
      }
      case 4: // set_discriminator
        this.discriminator = reader.uleb();
        break;
    }
    if (end > reader.end) reader.fail("an extended opcode passes the end of the program");
    reader.offset = end;
  }

  private reset(): void {
    this.address = 0n;
    this.operation = 0;
    this.file = 1;
    this.line = 1;
    this.column = 0;
    this.isStatement = this.header.defaultIsStatement;
    this.once = 0;
    this.discriminator = 0;
    this.view = 0;
  }
}
