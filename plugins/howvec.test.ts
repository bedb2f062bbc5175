import assert from "node:assert/strict";
import { test } from "node:test";
import { instructionTable } from "../emulator/guest/riscv/table.ts";
import { definePlugin, type InstructionKind } from "./api/index.ts";
import howvec from "./howvec.ts";
import { instructionClasses, riscvClass } from "./support/riscv-class.ts";
import { engines, runFixture } from "./testing/fixture-run.ts";

// The classes of the instruction table, as the kinds that plugins see (jumps by their registers: see below).
const kinds: Record<string, InstructionKind> = {
  alu: "alu",
  multiply: "alu",
  hint: "alu",
  load: "load",
  store: "store",
  branch: "branch",
  jump: "jump",
  atomic: "atomic",
  float: "float",
  "float move": "float",
  csr: "system",
  trap: "system",
  wait: "system",
  cache: "system",
  fence: "fence",
  "fence.i": "fence",
};

test("every instruction that there is has a class", () => {
  const mnemonics = new Map<string, string[]>(instructionClasses.map((name) => [name, []]));
  for (const line of instructionTable.split("\n")) {
    const [, mnemonic, , of] = line.split("|").map((part) => part.trim());
    if (of === undefined) continue;
    const plain = mnemonic.replace(".aqrl", "");
    const list = mnemonics.get(riscvClass({ kind: kinds[of], mnemonic: plain }))!;
    list.push(plain);
  }
  const text = [...mnemonics].map(([name, list]) => `${name}: ${list.join(" ")}`);
  const withFormats = (names: string) => names.split(" ").flatMap((name) => ["s", "d", "h"].map((f) => `${name}.${f}`));
  const sorted = (list: readonly string[]) => [...list].sort().join(" ");
  const expected: Record<string, string> = {
    integer:
      "lui auipc addi slti sltiu xori ori andi add sub slt sltu xor or and addiw addw subw c.addi4spn c.addi c.addiw c.li " +
      "c.addi16sp c.lui c.andi c.sub c.xor c.or c.and c.subw c.addw c.mv c.add",
    multiply: "mul mulh mulhsu mulhu mulw",
    divide: "div divu rem remu divw divuw remw remuw",
    shift:
      "slli srli srai sll srl sra slliw srliw sraiw sllw srlw sraw c.srli64 c.srli c.srai64 c.srai c.slli64 c.slli",
    "bit manipulation":
      "sh1add sh2add sh3add add.uw sh1add.uw sh2add.uw sh3add.uw slli.uw andn orn xnor clz ctz cpop clzw ctzw cpopw max " +
      "maxu min minu sext.b sext.h zext.h rol ror rori rolw rorw roriw orc.b rev8 rev8 bclr bclri bext bexti binv binvi " +
      "bset bseti czero.eqz czero.nez clmul clmulr clmulh",
    "float load": "flw fld flh c.fld c.fldsp",
    "float store": "fsw fsd fsh c.fsd c.fsdsp",
    "float arithmetic": withFormats("fadd fsub fmul").join(" "),
    "float fused": withFormats("fmadd fmsub fnmsub fnmadd").join(" "),
    "float divide": withFormats("fdiv fsqrt").join(" "),
    "float compare": withFormats("feq flt fle fmin fmax fclass").join(" "),
    csr: "csrrw csrrs csrrc csrrwi csrrsi csrrci",
    fence: "pause fence.tso fence fence.i",
    cache: "prefetch.i prefetch.r prefetch.w cbo.zero cbo.inval cbo.clean cbo.flush",
    branch: "beq bne blt bge bltu bgeu c.beqz c.bnez",
    system: "ecall ebreak c.unimp c.ebreak wrs.nto wrs.sto",
    unknown: "",
  };
  for (const [name, list] of Object.entries(expected))
    assert.equal(sorted([...new Set(mnemonics.get(name))]), sorted([...new Set(list.split(" "))]), name);
  assert.ok(mnemonics.get("float convert")!.every((mnemonic) => mnemonic.startsWith("fcvt")));
  assert.ok(mnemonics.get("float move")!.every((mnemonic) => /^f(mv|sgnj)/.test(mnemonic)));
  assert.equal(text.length, instructionClasses.length);
});

/** Executions of each instruction by a callback each. */
function counting() {
  const executed = new Map<string, number>();
  const definition = definePlugin({
    name: "counting",
    version: "1.0.0",
    install(vm) {
      vm.onTranslate((tb) => {
        for (const insn of tb.instructions) {
          const its = riscvClass(insn);
          insn.onExecute(() => void executed.set(its, (executed.get(its) ?? 0) + 1));
        }
      });
    },
  });
  return { definition, executed };
}

for (const engine of engines) {
  test(`accesses by class, as counted by hand: ${engine}`, () => {
    const view = runFixture("reference/accesses.elf", engine, [[howvec, { show: "float convert" }]]);
    const { rows } = view("table", "Instructions by class");
    assert.deepEqual(Object.fromEntries(rows.map(([its, count]) => [its, count])), {
      integer: 46,
      load: 10,
      shift: 6,
      store: 5,
      atomic: 5,
      "float load": 4,
      "float store": 2,
      "float convert": 2,
      system: 2,
      branch: 1,
    });
    assert.equal(Math.round(rows.reduce((sum, [, , share]) => sum + Number(share), 0)), 100);
    assert.deepEqual(
      view("bars", "Classes").bars.map(({ label, value }) => [label, value]),
      rows.map(([its, count]) => [its, count]),
    );
    assert.deepEqual(view("table", "Instructions: float convert").rows, [
      ["0x10184", "fcvt.lu.s a5,fa4,rtz", "float convert", 1],
      ["0x1019e", "fcvt.l.d a2,fa5,rtz", "float convert", 1],
    ]);
  });

  for (const program of ["faults", "mixed"])
    test(`${program}: inline counts are those of callbacks: ${engine}`, () => {
      const { definition, executed } = counting();
      const view = runFixture(`reference/${program}.elf`, engine, [
        [howvec, { show: "all", limit: 100_000 }],
        [definition, {}],
      ]);
      const { rows } = view("table", "Instructions by class");
      assert.deepEqual(
        new Map(rows.map(([its, count]) => [its, count])),
        new Map([...executed].sort(([, a], [, b]) => b - a)),
      );
      const total = rows.reduce((sum, [, count]) => sum + Number(count), 0);
      assert.equal(total, { faults: 55, mixed: 11_397_248 }[program]); // as QEMU's insn says
      const single = view("table", "Instructions").rows.reduce((sum, row) => sum + Number(row[3]), 0);
      assert.equal(single, total);
    });
}
