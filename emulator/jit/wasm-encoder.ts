// Writes WebAssembly modules in the binary format: types, imports, functions with typed locals, exports and branch
// hints. It knows the format only; what the code means is its callers' business.

/** Value types by their encoding. */
export enum Type {
  I32 = 0x7f,
  I64 = 0x7e,
  F32 = 0x7d,
  F64 = 0x7c,
  /** A value of the host's, of any kind. */
  ExternRef = 0x6f,
}

export interface Signature {
  params: readonly Type[];
  results: readonly Type[];
}

/** Instructions without immediates, by their encoding; `0xfcNN`, `0xfdNN` and `0xfd0NNN` are the prefixed groups. */
export enum I {
  unreachable = 0x00,
  return = 0x0f,
  drop = 0x1a,
  select = 0x1b,
  i32_eqz = 0x45,
  i32_eq = 0x46,
  i32_ne = 0x47,
  i32_lt_s = 0x48,
  i32_lt_u = 0x49,
  i32_gt_s = 0x4a,
  i32_gt_u = 0x4b,
  i32_le_s = 0x4c,
  i32_le_u = 0x4d,
  i32_ge_u = 0x4f,
  i64_eqz = 0x50,
  i64_eq = 0x51,
  i64_ne = 0x52,
  i64_lt_s = 0x53,
  i64_lt_u = 0x54,
  i64_gt_s = 0x55,
  i64_gt_u = 0x56,
  i64_le_s = 0x57,
  i64_le_u = 0x58,
  i64_ge_s = 0x59,
  i64_ge_u = 0x5a,
  f32_eq = 0x5b,
  f32_ne = 0x5c,
  f32_lt = 0x5d,
  f32_gt = 0x5e,
  f32_le = 0x5f,
  f32_ge = 0x60,
  f64_eq = 0x61,
  f64_ne = 0x62,
  f64_lt = 0x63,
  f64_gt = 0x64,
  f64_le = 0x65,
  f64_ge = 0x66,
  i32_add = 0x6a,
  i32_sub = 0x6b,
  i32_and = 0x71,
  i32_or = 0x72,
  i32_xor = 0x73,
  i32_shl = 0x74,
  i32_shr_s = 0x75,
  i32_shr_u = 0x76,
  i32_rotr = 0x78,
  i64_clz = 0x79,
  i64_ctz = 0x7a,
  i64_popcnt = 0x7b,
  i64_add = 0x7c,
  i64_sub = 0x7d,
  i64_mul = 0x7e,
  i64_div_s = 0x7f,
  i64_div_u = 0x80,
  i64_rem_s = 0x81,
  i64_rem_u = 0x82,
  i64_and = 0x83,
  i64_or = 0x84,
  i64_xor = 0x85,
  i64_shl = 0x86,
  i64_shr_s = 0x87,
  i64_shr_u = 0x88,
  i64_rotl = 0x89,
  i64_rotr = 0x8a,
  f32_abs = 0x8b,
  f32_neg = 0x8c,
  f32_sqrt = 0x91,
  f32_add = 0x92,
  f32_sub = 0x93,
  f32_mul = 0x94,
  f32_div = 0x95,
  f32_min = 0x96,
  f32_max = 0x97,
  f32_copysign = 0x98,
  f64_abs = 0x99,
  f64_neg = 0x9a,
  f64_ceil = 0x9b,
  f64_floor = 0x9c,
  f64_trunc = 0x9d,
  f64_nearest = 0x9e,
  f64_sqrt = 0x9f,
  f64_add = 0xa0,
  f64_sub = 0xa1,
  f64_mul = 0xa2,
  f64_div = 0xa3,
  f64_min = 0xa4,
  f64_max = 0xa5,
  f64_copysign = 0xa6,
  i32_wrap_i64 = 0xa7,
  i64_extend_i32_s = 0xac,
  i64_extend_i32_u = 0xad,
  f32_convert_i32_s = 0xb2,
  f32_convert_i32_u = 0xb3,
  f32_convert_i64_s = 0xb4,
  f32_convert_i64_u = 0xb5,
  f32_demote_f64 = 0xb6,
  f64_convert_i32_s = 0xb7,
  f64_convert_i32_u = 0xb8,
  f64_convert_i64_s = 0xb9,
  f64_convert_i64_u = 0xba,
  f64_promote_f32 = 0xbb,
  i32_reinterpret_f32 = 0xbc,
  i64_reinterpret_f64 = 0xbd,
  f32_reinterpret_i32 = 0xbe,
  f64_reinterpret_i64 = 0xbf,
  i64_extend8_s = 0xc2,
  i64_extend16_s = 0xc3,
  i64_extend32_s = 0xc4,
  i64_trunc_sat_f64_s = 0xfc06,
  i64_trunc_sat_f64_u = 0xfc07,
  f32x4_splat = 0xfd13,
  f64x2_splat = 0xfd14,
  i32x4_trunc_sat_f64x2_s_zero = 0xfdfc,
  i32x4_trunc_sat_f64x2_u_zero = 0xfdfd,
  f32x4_relaxed_madd = 0xfd0105,
  f64x2_relaxed_madd = 0xfd0107,
}

/** Lane 0 of a vector. */
export enum FirstLane {
  i32x4 = 0x1b,
  f32x4 = 0x1f,
  f64x2 = 0x21,
}

/** Loads and stores: encoding, and log2 of the natural alignment. */
export const Mem = {
  i32_load: [0x28, 2],
  i64_load: [0x29, 3],
  f32_load: [0x2a, 2],
  f64_load: [0x2b, 3],
  i32_load8_u: [0x2d, 0],
  i64_load8_s: [0x30, 0],
  i64_load8_u: [0x31, 0],
  i64_load16_s: [0x32, 1],
  i64_load16_u: [0x33, 1],
  i64_load32_s: [0x34, 2],
  i64_load32_u: [0x35, 2],
  i32_store: [0x36, 2],
  i64_store: [0x37, 3],
  f32_store: [0x38, 2],
  f64_store: [0x39, 3],
  i64_store8: [0x3c, 0],
  i64_store16: [0x3d, 1],
  i64_store32: [0x3e, 2],
} as const;

export type MemoryInstruction = keyof typeof Mem;

/** A growing run of bytes, with the format's integers. */
export class ByteWriter {
  private buffer: Uint8Array;
  length = 0;

  constructor(capacity = 256) {
    this.buffer = new Uint8Array(capacity);
  }

  byte(value: number): void {
    if (this.length === this.buffer.length) this.reserve(1);
    this.buffer[this.length++] = value;
  }

  bytes(data: Uint8Array): void {
    this.reserve(data.length);
    this.buffer.set(data, this.length);
    this.length += data.length;
  }

  insert(at: number, data: Uint8Array): void {
    this.reserve(data.length);
    this.buffer.copyWithin(at + data.length, at, this.length);
    this.buffer.set(data, at);
    this.length += data.length;
  }

  /** Unsigned LEB128 of a number below 2^32. */
  unsigned(value: number): void {
    while (value > 0x7f) {
      this.byte((value & 0x7f) | 0x80);
      value >>>= 7;
    }
    this.byte(value);
  }

  /** Signed LEB128 of a number in -2^31 .. 2^31 - 1. */
  signed(value: number): void {
    for (;;) {
      const low = value & 0x7f;
      value >>= 7;
      if ((value === 0 && low < 0x40) || (value === -1 && low >= 0x40)) return this.byte(low);
      this.byte(low | 0x80);
    }
  }

  /** Signed LEB128 of a 64-bit value. */
  signed64(value: bigint): void {
    let rest = BigInt.asIntN(64, value);
    while (BigInt.asIntN(32, rest) !== rest) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.signed(Number(rest));
  }

  name(text: string): void {
    this.unsigned(text.length);
    for (let i = 0; i < text.length; i++) this.byte(text.charCodeAt(i));
  }

  finish(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(2 * this.buffer.length, this.length + count));
    larger.set(this.buffer);
    this.buffer = larger;
  }
}

/** A place to branch to: the nesting depth at which its block was opened. */
export type Label = number;

/** The body of one function. Instructions are methods; blocks are closed in the order they were opened. */
export class FunctionBody {
  readonly code = new ByteWriter(4096);
  /** Offsets in `code` of `if`s and `br_if`s, and whether they are likely taken. */
  readonly hints: { offset: number; readonly likely: boolean }[] = [];
  private readonly locals: Type[] = [];
  private readonly params: number;
  private depth = 0;

  constructor(params: number) {
    this.params = params;
  }

  /** A new local, zero at entry; gives its index. */
  local(type: Type): number {
    this.locals.push(type);
    return this.params + this.locals.length - 1;
  }

  op(instruction: I): this {
    if (instruction > 0xffff) {
      this.code.byte(instruction >>> 16);
      this.code.unsigned(instruction & 0xffff);
    } else if (instruction > 0xff) {
      this.code.byte(instruction >>> 8);
      this.code.unsigned(instruction & 0xff);
    } else this.code.byte(instruction);
    return this;
  }

  firstLane(shape: FirstLane): this {
    this.code.byte(0xfd);
    this.code.unsigned(shape);
    this.code.byte(0);
    return this;
  }

  get(local: number): this {
    this.code.byte(0x20);
    this.code.unsigned(local);
    return this;
  }

  set(local: number): this {
    this.code.byte(0x21);
    this.code.unsigned(local);
    return this;
  }

  tee(local: number): this {
    this.code.byte(0x22);
    this.code.unsigned(local);
    return this;
  }

  getGlobal(global: number): this {
    this.code.byte(0x23);
    this.code.unsigned(global);
    return this;
  }

  i32(value: number): this {
    this.code.byte(0x41);
    this.code.signed(value | 0);
    return this;
  }

  i64(value: bigint): this {
    this.code.byte(0x42);
    this.code.signed64(value);
    return this;
  }

  f32(value: number): this {
    this.code.byte(0x43);
    this.code.bytes(new Uint8Array(new Float32Array([value]).buffer));
    return this;
  }

  f64(value: number): this {
    this.code.byte(0x44);
    this.code.bytes(new Uint8Array(new Float64Array([value]).buffer));
    return this;
  }

  /** `offset` is added to the address on the stack. */
  memory(instruction: MemoryInstruction, offset: number, aligned = true): this {
    const [code, align] = Mem[instruction];
    this.code.byte(code);
    this.code.unsigned(aligned ? align : 0);
    this.code.unsigned(offset);
    return this;
  }

  call(functionIndex: number): this {
    this.code.byte(0x10);
    this.code.unsigned(functionIndex);
    return this;
  }

  /** Calls the function at the index on the stack of the imported table. `type` is from `ModuleBuilder.type`. */
  callIndirect(type: number): this {
    this.code.byte(0x11);
    this.code.unsigned(type);
    this.code.byte(0);
    return this;
  }

  return(): this {
    this.code.byte(0x0f);
    return this;
  }

  block(result?: Type): Label {
    return this.open(0x02, result);
  }

  loop(result?: Type): Label {
    return this.open(0x03, result);
  }

  if(result?: Type, likely?: boolean): Label {
    this.hint(likely);
    return this.open(0x04, result);
  }

  else(): this {
    this.code.byte(0x05);
    return this;
  }

  end(): this {
    this.code.byte(0x0b);
    this.depth--;
    return this;
  }

  br(label: Label): this {
    this.code.byte(0x0c);
    this.code.unsigned(this.depth - label);
    return this;
  }

  brIf(label: Label, likely?: boolean): this {
    this.hint(likely);
    this.code.byte(0x0d);
    this.code.unsigned(this.depth - label);
    return this;
  }

  /** Branches to labels[index on the stack], the last label for every larger index. */
  brTable(labels: readonly Label[]): this {
    this.code.byte(0x0e);
    this.code.unsigned(labels.length - 1);
    for (const label of labels) this.code.unsigned(this.depth - label);
    return this;
  }

  /** Puts `count` blocks around the code from offset `start` on, to be ended; labels 0, -1, -2... are theirs, from the inside. */
  surround(start: number, count: number, result: Type): void {
    const openings = new Uint8Array(2 * count);
    for (let i = 0; i < openings.length; i++) openings[i] = i % 2 === 0 ? 0x02 : result;
    this.code.insert(start, openings);
    for (const hint of this.hints) if (hint.offset >= start) hint.offset += openings.length;
  }

  private open(code: number, result: Type | undefined): Label {
    this.code.byte(code);
    this.code.byte(result ?? 0x40);
    return ++this.depth;
  }

  private hint(likely: boolean | undefined): void {
    if (likely !== undefined) this.hints.push({ offset: this.code.length, likely });
  }

  /** The declarations of locals, runs of one type together. */
  declarations(): Uint8Array {
    const runs: { type: Type; count: number }[] = [];
    for (const type of this.locals) {
      const last = runs.at(-1);
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    const out = new ByteWriter(16);
    out.unsigned(runs.length);
    for (const { type, count } of runs) {
      out.unsigned(count);
      out.byte(type);
    }
    return out.finish();
  }
}

interface Import {
  module: string;
  name: string;
  type: number;
}

/** One module. Functions are numbered imports first: what calls functions of the module has all imports come before them. */
export class ModuleBuilder {
  private readonly types: Signature[] = [];
  private readonly imports: Import[] = [];
  private readonly globals: { module: string; name: string; type: Type }[] = [];
  private readonly functions: { type: number; body: FunctionBody }[] = [];
  /** By name: the position among the module's own functions. */
  private readonly exports: { name: string; position: number }[] = [];
  private memory: { module: string; name: string; pages: number } | undefined;
  private table: { module: string; name: string } | undefined;

  /** Imports a shared memory of exactly `pages` 64 KiB pages. */
  importMemory(module: string, name: string, pages: number): void {
    this.memory = { module, name, pages };
  }

  /** Imports a table of functions. */
  importTable(module: string, name: string): void {
    this.table = { module, name };
  }

  /** Imports a function; gives its index. */
  importFunction(module: string, name: string, signature: Signature): number {
    this.imports.push({ module, name, type: this.type(signature) });
    return this.imports.length - 1;
  }

  /** Imports a global that does not change; gives its index. */
  importGlobal(module: string, name: string, type: Type): number {
    return this.globals.push({ module, name, type }) - 1;
  }

  /** Adds a function; gives its index. The body may be filled until `finish`. */
  addFunction(signature: Signature, body: FunctionBody, exportName?: string): number {
    const position = this.functions.push({ type: this.type(signature), body }) - 1;
    if (exportName !== undefined) this.exports.push({ name: exportName, position });
    return this.imports.length + position;
  }

  /** The index of a function type. */
  type(signature: Signature): number {
    const key = JSON.stringify(signature);
    const known = this.types.findIndex((type) => JSON.stringify(type) === key);
    return known < 0 ? this.types.push(signature) - 1 : known;
  }

  finish(): Uint8Array {
    const out = new ByteWriter(8192);
    for (const byte of [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]) out.byte(byte);
    section(out, 1, (s) => vector(s, this.types, writeSignature));
    section(out, 2, (s) => this.writeImports(s));
    section(out, 3, (s) => vector(s, this.functions, (v, { type }) => v.unsigned(type)));
    section(out, 7, (s) =>
      vector(s, this.exports, (v, { name, position }) => {
        v.name(name);
        v.byte(0x00);
        v.unsigned(this.imports.length + position);
      }),
    );
    if (this.functions.some(({ body }) => body.hints.length > 0)) section(out, 0, (s) => this.writeHints(s));
    section(out, 10, (s) => vector(s, this.functions, (v, { body }) => writeBody(v, body)));
    return out.finish();
  }

  private writeImports(out: ByteWriter): void {
    out.unsigned(this.imports.length + this.globals.length + (this.memory ? 1 : 0) + (this.table ? 1 : 0));
    for (const { module, name, type } of this.imports) {
      out.name(module);
      out.name(name);
      out.byte(0x00);
      out.unsigned(type);
    }
    for (const { module, name, type } of this.globals) {
      out.name(module);
      out.name(name);
      for (const byte of [0x03, type, 0x00]) out.byte(byte);
    }
    if (this.table) {
      out.name(this.table.module);
      out.name(this.table.name);
      // A table of function references, without a maximum.
      for (const byte of [0x01, 0x70, 0x00, 0x00]) out.byte(byte);
    }
    if (!this.memory) return;
    out.name(this.memory.module);
    out.name(this.memory.name);
    // A memory; flags 3: shared, with a maximum.
    out.byte(0x02);
    out.byte(0x03);
    out.unsigned(this.memory.pages);
    out.unsigned(this.memory.pages);
  }

  /** The branch hinting proposal's custom section; engines without it skip it. Offsets count from the declarations. */
  private writeHints(out: ByteWriter): void {
    out.name("metadata.code.branch_hint");
    const hinted = this.functions
      .map(({ body }, i) => ({ body, index: this.imports.length + i }))
      .filter(({ body }) => body.hints.length > 0);
    vector(out, hinted, (v, { body, index }) => {
      v.unsigned(index);
      const start = body.declarations().length;
      vector(v, body.hints, (h, { offset, likely }) => {
        h.unsigned(start + offset);
        h.byte(1);
        h.byte(likely ? 1 : 0);
      });
    });
  }
}

function section(out: ByteWriter, id: number, write: (content: ByteWriter) => void): void {
  const content = new ByteWriter();
  write(content);
  out.byte(id);
  out.unsigned(content.length);
  out.bytes(content.finish());
}

function vector<T>(out: ByteWriter, items: readonly T[], write: (out: ByteWriter, item: T) => void): void {
  out.unsigned(items.length);
  for (const item of items) write(out, item);
}

function writeSignature(out: ByteWriter, { params, results }: Signature): void {
  out.byte(0x60);
  vector(out, params, (v, type) => v.byte(type));
  vector(out, results, (v, type) => v.byte(type));
}

function writeBody(out: ByteWriter, body: FunctionBody): void {
  const declarations = body.declarations();
  const code = body.code.finish();
  out.unsigned(declarations.length + code.length + 1);
  out.bytes(declarations);
  out.bytes(code);
  out.byte(0x0b);
}
