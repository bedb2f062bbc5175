// Corner cases of half precision (Zfh), by hand. Flags: NX 1, UF 2, OF 4, DZ 8, NV 16.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { check, registerAfter, run } from "./testing/semantics.ts";

check(
  "half precision (Zfh)",
  `
04c5f553 | fadd.h fa0,fa1,fa2          | fa1=0xffffffffffff3c00 fa2=0xffffffffffff4000  | fa0=0xffffffffffff4200 fflags=0
04c5f553 | fadd.h fa0,fa1,fa2          | fa1=0xffffffffffff3c00 fa2=0xffffffff00003c00  | fa0=0xffffffffffff7e00 fflags=0
04c5b553 | fadd.h fa0,fa1,fa2,rup      | fa1=0xffffffffffff3c00 fa2=0xffffffffffff0001  | fa0=0xffffffffffff3c01 fflags=1
0cc5a553 | fsub.h fa0,fa1,fa2,rdn      | fa1=0xffffffffffff3c00 fa2=0xffffffffffff3c00  | fa0=0xffffffffffff8000 fflags=0
14c5f553 | fmul.h fa0,fa1,fa2          | fa1=0xffffffffffff7bff fa2=0xffffffffffff4000  | fa0=0xffffffffffff7c00 fflags=5
14c59553 | fmul.h fa0,fa1,fa2,rtz      | fa1=0xffffffffffff7bff fa2=0xffffffffffffc000  | fa0=0xfffffffffffffbff fflags=5
14c5f553 | fmul.h fa0,fa1,fa2          | fa1=0xffffffffffff0001 fa2=0xffffffffffff3800  | fa0=0xffffffffffff0000 fflags=3
14c5f553 | fmul.h fa0,fa1,fa2          | fa1=0xffffffffffff07ff fa2=0xffffffffffff3800  | fa0=0xffffffffffff0400 fflags=3
1cc5f553 | fdiv.h fa0,fa1,fa2          | fa1=0xffffffffffffbc00 fa2=0xffffffffffff0000  | fa0=0xfffffffffffffc00 fflags=8
1cc5f553 | fdiv.h fa0,fa1,fa2          | fa1=0xffffffffffff3c00 fa2=0xffffffffffff4200  | fa0=0xffffffffffff3555 fflags=1
5c05f553 | fsqrt.h fa0,fa1             | fa1=0xffffffffffffbc00                         | fa0=0xffffffffffff7e00 fflags=16
5c05f553 | fsqrt.h fa0,fa1             | fa1=0xffffffffffff4400                         | fa0=0xffffffffffff4000 fflags=0
6cc5f543 | fmadd.h fa0,fa1,fa2,fa3     | fa1=0xffffffffffff3c01 fa2=0xffffffffffff3c01 fa3=0xffffffffffffbc02 | fa0=0xffffffffffff0010 fflags=0
6cc5f54f | fnmadd.h fa0,fa1,fa2,fa3    | fa1=0xffffffffffff3c00 fa2=0xffffffffffff3c00 fa3=0xffffffffffff4000 | fa0=0xffffffffffffc200
6cc5f543 | fmadd.h fa0,fa1,fa2,fa3     | fa1=0xffffffffffff7c00 fa2=0xffffffffffff0000 fa3=0xffffffffffff7e00 | fa0=0xffffffffffff7e00 fflags=16
2cc58553 | fmin.h fa0,fa1,fa2          | fa1=0xffffffffffff7d00 fa2=0xffffffffffff3c00  | fa0=0xffffffffffff3c00 fflags=16
2cc58553 | fmin.h fa0,fa1,fa2          | fa1=0xffffffffffff0000 fa2=0xffffffffffff8000  | fa0=0xffffffffffff8000 fflags=0
2cc59553 | fmax.h fa0,fa1,fa2          | fa1=0xfffffffffffffe01 fa2=0xffffffffffff7e01  | fa0=0xffffffffffff7e00 fflags=0
2cc59553 | fmax.h fa0,fa1,fa2          | fa1=0x3c00 fa2=0xfffffffffffffc00              | fa0=0xfffffffffffffc00 fflags=0
a4c5a553 | feq.h a0,fa1,fa2            | fa1=0xffffffffffff7e00 fa2=0xffffffffffff7e00  | a0=0 fflags=0
a4c59553 | flt.h a0,fa1,fa2            | fa1=0xffffffffffff7e00 fa2=0xffffffffffff3c00  | a0=0 fflags=16
a4c58553 | fle.h a0,fa1,fa2            | fa1=0xffffffffffff8000 fa2=0xffffffffffff0000  | a0=1 fflags=0
24b58553 | fsgnj.h fa0,fa1,fa1         | fa1=0xffffffff3f803c00                         | fa0=0xffffffffffff7e00
24b59553 | fsgnjn.h fa0,fa1,fa1        | fa1=0xffffffffffff3c00                         | fa0=0xffffffffffffbc00
24c5a553 | fsgnjx.h fa0,fa1,fa2        | fa1=0xffffffffffffbc00 fa2=0xffffffffffff8000  | fa0=0xffffffffffff3c00
24c58553 | fsgnj.h fa0,fa1,fa2         | fa1=0xffffffffffff7c01 fa2=0xffffffffffff8000  | fa0=0xfffffffffffffc01 fflags=0
e4058553 | fmv.x.h a0,fa1              | fa1=0x123456789abc8000                         | a0=-32768
f4058553 | fmv.h.x fa0,a1              | a1=0x123456789                                 | fa0=0xffffffffffff6789
00251507 | flh fa0,2(a0)               | a0=0x2000 m0=0x7c017c01ffff                    | fa0=0xffffffffffff7c01 fflags=0
00051507 | flh fa0,0(a0)               | a0=0x5000                                      | exit=Fault fault=0x5000
00b51327 | fsh fa1,6(a0)               | a0=0x2000 fa1=0x123456789abcdef0 m0=-1         | m0=0xdef0ffffffffffff
c4059553 | fcvt.w.h a0,fa1,rtz         | fa1=0xffffffffffff7c00                         | a0=0x7fffffff fflags=16
c4059553 | fcvt.w.h a0,fa1,rtz         | fa1=0xffffffffffff7e00                         | a0=0x7fffffff fflags=16
c4059553 | fcvt.w.h a0,fa1,rtz         | fa1=0xfffffffffffffbff                         | a0=-65504 fflags=0
c405c553 | fcvt.w.h a0,fa1,rmm         | fa1=0xffffffffffff3800                         | a0=1 fflags=1
c4058553 | fcvt.w.h a0,fa1,rne         | fa1=0xffffffffffff3800                         | a0=0 fflags=1
c4159553 | fcvt.wu.h a0,fa1,rtz        | fa1=0xffffffffffffbc00                         | a0=0 fflags=16
c4159553 | fcvt.wu.h a0,fa1,rtz        | fa1=0xffffffffffffb800                         | a0=0 fflags=1
c4159553 | fcvt.wu.h a0,fa1,rtz        | fa1=0xffffffffffff7c00                         | a0=-1 fflags=16
c4259553 | fcvt.l.h a0,fa1,rtz         | fa1=0xfffffffffffffc00                         | a0=0x8000000000000000 fflags=16
c4359553 | fcvt.lu.h a0,fa1,rtz        | fa1=0xffffffffffff7bff                         | a0=65504 fflags=0
d405f553 | fcvt.h.w fa0,a1             | a1=65520                                       | fa0=0xffffffffffff7c00 fflags=5
d4059553 | fcvt.h.w fa0,a1,rtz         | a1=65520                                       | fa0=0xffffffffffff7bff fflags=1
d405f553 | fcvt.h.w fa0,a1             | a1=0x1ffffffff                                 | fa0=0xffffffffffffbc00 fflags=0
d415f553 | fcvt.h.wu fa0,a1            | a1=2049                                        | fa0=0xffffffffffff6800 fflags=1
d425a553 | fcvt.h.l fa0,a1,rdn         | a1=0x8000000000000000                          | fa0=0xfffffffffffffc00 fflags=5
d4359553 | fcvt.h.lu fa0,a1,rtz        | a1=-1                                          | fa0=0xffffffffffff7bff fflags=5
4405f553 | fcvt.h.s fa0,fa1            | fa1=0xffffffff477ff000                         | fa0=0xffffffffffff7c00 fflags=5
4405f553 | fcvt.h.s fa0,fa1            | fa1=0xffffffff33000000                         | fa0=0xffffffffffff0000 fflags=3
4405f553 | fcvt.h.s fa0,fa1            | fa1=0xffffffff7f800001                         | fa0=0xffffffffffff7e00 fflags=16
4415f553 | fcvt.h.d fa0,fa1            | fa1=0x3ff0020000000001                         | fa0=0xffffffffffff3c01 fflags=1
40258553 | fcvt.s.h fa0,fa1            | fa1=0xffffffffffff0001                         | fa0=0xffffffff33800000 fflags=0
40258553 | fcvt.s.h fa0,fa1            | fa1=0xffffffffffff7c01                         | fa0=0xffffffff7fc00000 fflags=16
42258553 | fcvt.d.h fa0,fa1            | fa1=0xfffffffffffffbff                         | fa0=0xc0effc0000000000 fflags=0
04c5f553 | fadd.h fa0,fa1,fa2          | frm=5                                          | exit=Illegal pc=0x10000
`,
);

describe("fclass.h", () => {
  const values = [0xfc00n, 0xbc00n, 0x83ffn, 0x8000n, 0n, 1n, 0x7bffn, 0x7c00n, 0xfc01n].map(
    (bits) => -0x10000n | bits,
  );
  // The last one is in no box.
  for (const [bit, value] of [...values, 0x3c00n].entries())
    test(`of 0x${BigInt.asUintN(64, value).toString(16)} sets bit ${bit}`, () => {
      run("e4059553", `fa1=0x${BigInt.asUintN(64, value).toString(16)}`);
      assert.equal(registerAfter("a0"), 1n << BigInt(bit));
    });
});
