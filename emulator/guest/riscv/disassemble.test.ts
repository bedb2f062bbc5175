// Words to text, each at 0x10000: the compressed instructions as objdump spells them, corner cases of spelling, and
// what is reserved. (The full instructions are in testing/translate.golden.)
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { riscv64 } from "./index.ts";
import { codeAt } from "./testing/code.ts";

const PC = 0x10000n;

function text(words: string): string {
  const { mnemonic, operands } = riscv64.decode(codeAt(PC, words), PC);
  return `${mnemonic} ${operands}`.trim();
}

function check(title: string, table: string): void {
  describe(title, () => {
    for (const line of table.trim().split("\n")) {
      const [words, expected] = line.split(/ {2,}/);
      test(line, () => assert.equal(text(words), expected));
    }
  });
}

check(
  "compressed",
  `
95f6      c.add a1,t4
96da      c.add a3,s6
1059      c.addi zero,-10
16f1      c.addi a3,-4
7145      c.addi16sp sp,-464
6151      c.addi16sp sp,272
0818      c.addi4spn a4,sp,16
14e4      c.addi4spn s1,sp,620
2f81      c.addiw t6,0
3cc9      c.addiw s9,-14
9ca1      c.addw s1,s0
9ea9      c.addw a3,a0
8f65      c.and a4,s1
8e79      c.and a2,a4
8aa5      c.andi a3,9
8aa9      c.andi a3,10
d435      c.beqz s0,ff6c
cbd1      c.beqz a5,10094
f065      c.bnez s0,ffe0
e175      c.bnez a0,100e4
9002      c.ebreak
2350      c.fld fa2,128(a4)
2a08      c.fld fa0,16(a2)
273e      c.fldsp fa4,456(sp)
37ca      c.fldsp fa5,176(sp)
b348      c.fsd fa0,160(a4)
a034      c.fsd fa3,64(s0)
b3d6      c.fsdsp fs5,480(sp)
b6be      c.fsdsp fa5,360(sp)
b5a1      c.j fe48
a439      c.j 1020e
9302      c.jalr t1
9f02      c.jalr t5
8082      c.jr ra
8e02      c.jr t3
6ddc      c.ld a5,152(a1)
7a1c      c.ld a5,48(a2)
7e52      c.ldsp t3,304(sp)
7cc2      c.ldsp s9,48(sp)
4685      c.li a3,1
4ff5      c.li t6,29
69bd      c.lui s3,0xf
6685      c.lui a3,0x1
4fc4      c.lw s1,28(a5)
585c      c.lw a5,52(s0)
40ea      c.lwsp ra,152(sp)
5866      c.lwsp a6,120(sp)
821a      c.mv tp,t1
8232      c.mv tp,a2
8d5d      c.or a0,a5
8dc5      c.or a1,s1
eb44      c.sd s1,144(a4)
e3a4      c.sd s1,64(a5)
f6e2      c.sdsp s8,360(sp)
f9de      c.sdsp s7,240(sp)
1956      c.slli s2,0x35
1eae      c.slli t4,0x2b
0082      c.slli64 ra
0e82      c.slli64 t4
9651      c.srai a2,0x34
85c9      c.srai a1,0x12
8401      c.srai64 s0
8481      c.srai64 s1
9111      c.srli a0,0x24
83ad      c.srli a5,0xb
8081      c.srli64 s1
8381      c.srli64 a5
8e15      c.sub a2,a3
8e81      c.sub a3,s0
9d09      c.subw a0,a0
9e05      c.subw a2,s1
d394      c.sw a3,32(a5)
dec4      c.sw s1,60(a3)
dece      c.swsp s3,124(sp)
de3e      c.swsp a5,60(sp)
8da5      c.xor a1,s1
8da9      c.xor a1,a0
`,
);

check(
  "spelling",
  `
0000      c.unimp
8330000f  fence.tso
0ff0000f  fence iorw,iorw
0230000f  fence r,rw
0000000f  fence unknown,unknown
fe0f878f  fence ior,unknown
43f55513  srai a0,a0,0x3f
fffff537  lui a0,0xfffff
12302573  csrrs a0,0x123,zero
0020f573  csrrci a0,frm,1
1605252f  lr.w.aqrl a0,(a0)
1c5535af  sc.d.aq a1,t0,(a0)
02b57553  fadd.d fa0,fa0,fa1
02b51553  fadd.d fa0,fa0,fa1,rtz
02b54553  fadd.d fa0,fa0,fa1,rmm
d2050553  fcvt.d.w fa0,a0
d2057553  fcvt.d.w fa0,a0,dyn
c2051553  fcvt.w.d a0,fa0,rtz
02056013  prefetch.i 32(a0)
fe35e013  prefetch.w -32(a1)
02056093  ori ra,a0,32
02256013  ori zero,a0,34
0100000f  pause
0100008f  fence w,unknown
00d00073  wrs.nto
0045200f  cbo.zero (a0)
0005200f  cbo.inval (a0)
0805c53b  zext.h a0,a1
63f5d513  rori a0,a1,0x3f
0ec5d533  czero.eqz a0,a1,a2
ff5ff06f  jal zero,fff4
fe0518e3  bne a0,zero,fff0
`,
);

check(
  "reserved or undefined",
  `
0008      unknown 0x8
2001      unknown 0x2001
4002      unknown 0x4002
6002      unknown 0x6002
6001      unknown 0x6001
6101      unknown 0x6101
8002      unknown 0x8002
8000      unknown 0x8000
9c41      unknown 0x9c41
02b55553  unknown 0x2b55553
02b56553  unknown 0x2b56553
0205151b  unknown 0x205151b
10200073  unknown 0x10200073
10500073  unknown 0x10500073
ffffffff  unknown 0xffffffff
0085200f  unknown 0x85200f
0045208f  unknown 0x45208f
62e5d51b  unknown 0x62e5d51b
0815c53b  unknown 0x815c53b
`,
);

interface Facts {
  kind: string;
  target?: string;
  reads?: string;
  writes?: string;
}

describe("what is known without running", () => {
  const cases: [words: string, facts: Facts][] = [
    ["00c58533", { kind: "alu", reads: "a1 a2", writes: "a0" }],
    ["02c58533", { kind: "alu", reads: "a1 a2", writes: "a0" }],
    ["0001", { kind: "alu" }],
    ["953e", { kind: "alu", reads: "a0 a5", writes: "a0" }],
    ["4502", { kind: "load", reads: "sp", writes: "a0" }],
    ["e02a", { kind: "store", reads: "a0 sp" }],
    ["2508", { kind: "load", reads: "a0", writes: "fa0" }],
    ["c501", { kind: "branch", target: "10008", reads: "a0" }],
    ["a001", { kind: "jump", target: "10000" }],
    ["010000ef", { kind: "call", target: "10010", writes: "ra" }],
    ["9502", { kind: "call", reads: "a0", writes: "ra" }],
    ["8082", { kind: "return", reads: "ra" }],
    ["8502", { kind: "jump", reads: "a0" }],
    ["18c5a52f", { kind: "atomic", reads: "a2 a1", writes: "a0" }],
    ["02c5f553", { kind: "float", reads: "fa1 fa2 frm", writes: "fa0 fflags" }],
    ["02c58553", { kind: "float", reads: "fa1 fa2", writes: "fa0 fflags" }],
    ["22b59553", { kind: "float", reads: "fa1", writes: "fa0" }],
    ["00359573", { kind: "system", reads: "a1 fflags frm", writes: "a0 fflags frm" }],
    ["00102573", { kind: "system", reads: "fflags", writes: "a0" }],
    ["00000073", { kind: "system" }],
    ["0ff0000f", { kind: "fence" }],
    ["0000", { kind: "system" }],
    ["0ac5d533", { kind: "alu", reads: "a1 a2", writes: "a0" }],
    ["0ac59533", { kind: "alu", reads: "a1 a2", writes: "a0" }],
    ["60059513", { kind: "alu", reads: "a1", writes: "a0" }],
    ["02056013", { kind: "alu", reads: "a0" }],
    ["0100000f", { kind: "fence" }],
    ["00d00073", { kind: "system" }],
    ["0045200f", { kind: "store", reads: "a0" }],
    ["0015200f", { kind: "system", reads: "a0" }],
    ["6101", { kind: "unknown" }],
    ["", { kind: "unknown" }],
  ];
  const namesOf = (indices: readonly number[]) => indices.map((i) => riscv64.registers[i].name).join(" ");
  for (const [words, facts] of cases)
    test(`${words || "nothing"}: ${facts.kind}`, () => {
      const d = riscv64.decode(codeAt(PC, words), PC);
      assert.deepEqual(
        { kind: d.kind, target: d.target?.toString(16), reads: namesOf(d.reads), writes: namesOf(d.writes) },
        { target: undefined, reads: "", writes: "", ...facts },
      );
    });
});
