// Corner cases of the ISA manual: instruction, registers before, registers after. The instructions are written as
// words; their text is checked too. Bulk comparison is the random streams' business.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { check, registerAfter, run } from "./testing/semantics.ts";

// Flags: NX 1, UF 2, OF 4, DZ 8, NV 16. Rounding: rne 0, rtz 1, rdn 2, rup 3, rmm 4.
check(
  "integers",
  `
02c5c533 | div a0,a1,a2       | a1=7 a2=0                               | a0=-1
02c5d533 | divu a0,a1,a2      | a1=7 a2=0                               | a0=0xffffffffffffffff
02c5e533 | rem a0,a1,a2       | a1=-7 a2=0                              | a0=-7
02c5f533 | remu a0,a1,a2      | a1=7 a2=0                               | a0=7
02c5c533 | div a0,a1,a2       | a1=0x8000000000000000 a2=-1             | a0=0x8000000000000000
02c5e533 | rem a0,a1,a2       | a1=0x8000000000000000 a2=-1             | a0=0
02c5c53b | divw a0,a1,a2      | a1=0x80000000 a2=-1                     | a0=-0x80000000
02c5e53b | remw a0,a1,a2      | a1=0x80000000 a2=-1                     | a0=0
02c5c53b | divw a0,a1,a2      | a1=0x500000007 a2=0x100000000           | a0=-1
02c5d53b | divuw a0,a1,a2     | a1=0x80000000 a2=0                      | a0=-1
02c5f53b | remuw a0,a1,a2     | a1=0x80000000 a2=0                      | a0=-0x80000000
02c5a533 | mulhsu a0,a1,a2    | a1=-1 a2=-1                             | a0=-1
02c5b533 | mulhu a0,a1,a2     | a1=-1 a2=-1                             | a0=-2
02c59533 | mulh a0,a1,a2      | a1=-1 a2=-1                             | a0=0
0015851b | addiw a0,a1,1      | a1=0x7fffffff                           | a0=-0x80000000
00c5953b | sllw a0,a1,a2      | a1=1 a2=63                              | a0=-0x80000000
00c5d53b | srlw a0,a1,a2      | a1=-1 a2=32                             | a0=-1
40c5d53b | sraw a0,a1,a2      | a1=0x80000000 a2=31                     | a0=-1
00c5d533 | srl a0,a1,a2       | a1=-1 a2=127                            | a0=1
fff5b513 | sltiu a0,a1,-1     | a1=5                                    | a0=1
00100013 | addi zero,zero,1   | a0=3                                    | zero=0
`,
);

check(
  "control",
  `
000500e7 | jalr ra,0(a0)      | a0=0x20001                              | ra=0x10004 pc=0x20000
000080e7 | jalr ra,0(ra)      | ra=0x20000                              | ra=0x10004 pc=0x20000
fe0518e3 | bne a0,zero,fff0   | a0=1                                    | pc=0xfff0
fe0518e3 | bne a0,zero,fff0   | a0=0                                    | pc=0x10004
00359573 | csrrw a0,fcsr,a1   | a1=-1 fflags=3 frm=2                    | a0=0x43 fflags=31 frm=7
00253573 | csrrc a0,frm,a0    | a0=1 frm=3                              | a0=3 frm=2
0010f573 | csrrci a0,fflags,1 | fflags=5                                | a0=5 fflags=4
02b57553 | fadd.d fa0,fa0,fa1 | frm=5                                   | exit=Illegal pc=0x10000
02b50553 | fadd.d fa0,fa0,fa1,rne | frm=5                               | pc=0x10004
a2b52553 | feq.d a0,fa0,fa1   | frm=7                                   | a0=1
00000073 | ecall              |                                         | exit=Syscall pc=0x10000
`,
);

check(
  "atomics",
  `
1005a52f 18c5a6af | lr.w a0,(a1); sc.w a3,a2,(a1) | a1=0x2004 a2=9 m0=0x8000000012345678 | a0=-0x80000000 a3=0 m0=0x912345678
18c5a6af | sc.w a3,a2,(a1)      | a1=0x2000 a2=9                        | a3=1 m0=0
18c5b6af | sc.d a3,a2,(a1)      | a1=0 a2=9                             | a3=1
1005b52f 18c5b5af | lr.d a0,(a1); sc.d a1,a2,(a1) | a1=0x2000 a2=9 m0=-5 | a0=-5 a1=0 m0=9
18c5b6af 18c5b5af | sc.d a3,a2,(a1); sc.d a1,a2,(a1) | a1=0x2000 a2=9 reservation_address=0x2001 | a3=0 a1=1
18c5b6af | sc.d a3,a2,(a1)      | a1=0x2000 a2=9 reservation_address=0x2001 reservation_value=1 | a3=1 m0=0
a0c5a52f | amomax.w a0,a2,(a1)  | a1=0x2000 a2=0x100000001 m0=0x80000000 | a0=-0x80000000 m0=1
e0c5a52f | amomaxu.w a0,a2,(a1) | a1=0x2000 a2=1 m0=0x80000000          | a0=-0x80000000 m0=0x80000000
08b5a5af | amoswap.w a1,a1,(a1) | a1=0x2000 m0=0x1ffffffff              | a1=-1 m0=0x100002000
00c5a52f | amoadd.w a0,a2,(a1)  | a1=0x2002                             | exit=Misaligned pc=0x10000
1005b52f | lr.d a0,(a1)         | a1=0x2004                             | exit=Misaligned
18c5b6af | sc.d a3,a2,(a1)      | a1=0x2004 a2=9                        | a3=1
`,
);

check(
  "floating point",
  `
00c5f553 | fadd.s fa0,fa1,fa2   | fa1=0x3f800000 fa2=0xffffffff3f800000 | fa0=0xffffffff7fc00000 fflags=0
20b58553 | fsgnj.s fa0,fa1,fa1  | fa1=0xfffffffe3f800000                | fa0=0xffffffff7fc00000
20c59553 | fsgnjn.s fa0,fa1,fa2 | fa1=0xffffffff3f800000 fa2=0xffffffff3f800000 | fa0=0xffffffffbf800000
22c5a553 | fsgnjx.d fa0,fa1,fa2 | fa1=0xbff0000000000000 fa2=0x8000000000000000 | fa0=0x3ff0000000000000
e0050553 | fmv.x.w a0,fa0       | fa0=0x3ff00000bf800000                | a0=0xffffffffbf800000
f0050553 | fmv.w.x fa0,a0       | a0=0x123456789                        | fa0=0xffffffff23456789
00052507 | flw fa0,0(a0)        | a0=0x2000 m0=0x7f800001               | fa0=0xffffffff7f800001 fflags=0
2ac58553 | fmin.d fa0,fa1,fa2   | fa1=0 fa2=0x8000000000000000          | fa0=0x8000000000000000 fflags=0
2ac59553 | fmax.d fa0,fa1,fa2   | fa1=0x7ff0000000000001 fa2=0x3ff0000000000000 | fa0=0x3ff0000000000000 fflags=16
2ac58553 | fmin.d fa0,fa1,fa2   | fa1=0xfff8000000000001 fa2=0x7ff8000000000001 | fa0=0x7ff8000000000000 fflags=0
a2c5a553 | feq.d a0,fa1,fa2     | fa1=0x7ff8000000000000                | a0=0 fflags=0
a2c59553 | flt.d a0,fa1,fa2     | fa1=0x7ff8000000000000                | a0=0 fflags=16
1ac5f553 | fdiv.d fa0,fa1,fa2   | fa1=0x3ff0000000000000                | fa0=0x7ff0000000000000 fflags=8
5a05f553 | fsqrt.d fa0,fa1      | fa1=0xbff0000000000000                | fa0=0x7ff8000000000000 fflags=16
6ac5f543 | fmadd.d fa0,fa1,fa2,fa3 | fa1=0x7ff0000000000000 fa3=0x7ff8000000000000 | fa0=0x7ff8000000000000 fflags=16
6ac5f54f | fnmadd.d fa0,fa1,fa2,fa3 | fa1=0x3ff0000000000000 fa2=0x3ff0000000000000 fa3=0x4000000000000000 | fa0=0xc008000000000000
6ac5f54b | fnmsub.d fa0,fa1,fa2,fa3 | fa1=0x3ff0000000000000 fa2=0x3ff0000000000000 fa3=0x4000000000000000 | fa0=0x3ff0000000000000
c2059553 | fcvt.w.d a0,fa1,rtz  | fa1=0x7ff8000000000000                | a0=0x7fffffff fflags=16
c2159553 | fcvt.wu.d a0,fa1,rtz | fa1=0xbff0000000000000                | a0=0 fflags=16
c2159553 | fcvt.wu.d a0,fa1,rtz | fa1=0xbfe0000000000000                | a0=0 fflags=1
c2159553 | fcvt.wu.d a0,fa1,rtz | fa1=0x41efffffffe00000                | a0=-1 fflags=0
c2359553 | fcvt.lu.d a0,fa1,rtz | fa1=0xfff0000000000000                | a0=0 fflags=16
c205c553 | fcvt.w.d a0,fa1,rmm  | fa1=0x3fe0000000000000                | a0=1 fflags=1
c205f553 | fcvt.w.d a0,fa1      | fa1=0x3fe0000000000000 frm=3          | a0=1 fflags=1
d2157553 | fcvt.d.wu fa0,a0,dyn | a0=-1                                 | fa0=0x41efffffffe00000 fflags=0
d025b553 | fcvt.s.l fa0,a1,rup  | a1=0x1000001                          | fa0=0xffffffff4b800001 fflags=1
4015f553 | fcvt.s.d fa0,fa1     | fa1=0x7ff0000000000001                | fa0=0xffffffff7fc00000 fflags=16
42058553 | fcvt.d.s fa0,fa1     | fa1=0xffffffff00000001                | fa0=0x36a0000000000000 fflags=0
`,
);

describe("fclass", () => {
  const doubles = [
    0xfff0000000000000n,
    0xbff0000000000000n,
    0x800fffffffffffffn,
    0x8000000000000000n,
    0n,
    1n,
    0x7fefffffffffffffn,
    0x7ff0000000000000n,
    0xfff0000000000001n,
    0x7ff8000000000000n,
  ];
  const singles = [0xff800000n, 0xbf800000n, 0x807fffffn, 0x80000000n, 0n, 1n, 0x7f7fffffn, 0x7f800000n, 0xff800001n];
  const boxed = [...singles.map((bits) => bits | (0xffffffffn << 32n)), 0x3f800000n];
  for (const [words, values] of [
    ["e2059553", doubles],
    ["e0059553", boxed],
  ] as const)
    for (const [bit, value] of values.entries())
      test(`${words} of 0x${value.toString(16)} sets bit ${bit}`, () => {
        run(words, `fa1=0x${value.toString(16)}`);
        assert.equal(registerAfter("a0"), 1n << BigInt(bit));
      });
});
