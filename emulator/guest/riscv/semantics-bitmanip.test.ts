// Corner cases of bit manipulation (Zba, Zbb, Zbc, Zbs) and Zicond, by hand from the manual.
import { check } from "./testing/semantics.ts";

check(
  "address generation (Zba)",
  `
20c5a533 | sh1add a0,a1,a2        | a1=-1 a2=5                                   | a0=3
20c5c533 | sh2add a0,a1,a2        | a1=0x4000000000000001 a2=1                   | a0=5
20c5e533 | sh3add a0,a1,a2        | a1=0x2000000000000000 a2=-8                  | a0=-8
08c5853b | add.uw a0,a1,a2        | a1=-1 a2=1                                   | a0=0x100000000
0805853b | add.uw a0,a1,zero      | a1=0x123456789abcdef0                        | a0=0x9abcdef0
20c5a53b | sh1add.uw a0,a1,a2     | a1=0xdeadbeef80000000 a2=1                   | a0=0x100000001
20c5c53b | sh2add.uw a0,a1,a2     | a1=-1 a2=4                                   | a0=0x400000000
20c5e53b | sh3add.uw a0,a1,a2     | a1=0xfffffffffffffffe a2=16                  | a0=0x800000000
20c5e53b | sh3add.uw a0,a1,a2     | a1=0x7000000080000001 a2=-1                  | a0=0x400000007
0bf5951b | slli.uw a0,a1,0x3f     | a1=0xffffffff00000001                        | a0=0x8000000000000000
0805951b | slli.uw a0,a1,0x0      | a1=-1                                        | a0=0xffffffff
0a05951b | slli.uw a0,a1,0x20     | a1=-1                                        | a0=0xffffffff00000000
20c5a033 | sh1add zero,a1,a2      | a1=1 a2=1                                    | zero=0
`,
);

check(
  "basic bits (Zbb)",
  `
40c5f533 | andn a0,a1,a2          | a1=0xff a2=0x0f                              | a0=0xf0
40c5e533 | orn a0,a1,a2           | a1=0 a2=0x0f                                 | a0=-16
40c5c533 | xnor a0,a1,a2          | a1=0xff a2=0x0f                              | a0=-241
60059513 | clz a0,a1              | a1=0                                         | a0=64
60059513 | clz a0,a1              | a1=-1                                        | a0=0
60059513 | clz a0,a1              | a1=1                                         | a0=63
6005951b | clzw a0,a1             | a1=0xffffffff00000000                        | a0=32
6005951b | clzw a0,a1             | a1=0x80000000                                | a0=0
6005951b | clzw a0,a1             | a1=0xffffffff00000001                        | a0=31
60159513 | ctz a0,a1              | a1=0                                         | a0=64
60159513 | ctz a0,a1              | a1=0x8000000000000000                        | a0=63
6015951b | ctzw a0,a1             | a1=0xffffffff00000000                        | a0=32
6015951b | ctzw a0,a1             | a1=0x80000000                                | a0=31
60259513 | cpop a0,a1             | a1=-1                                        | a0=64
60259513 | cpop a0,a1             | a1=0                                         | a0=0
6025951b | cpopw a0,a1            | a1=-1                                        | a0=32
6025951b | cpopw a0,a1            | a1=0xffffffff00000000                        | a0=0
0ac5e533 | max a0,a1,a2           | a1=-1 a2=1                                   | a0=1
0ac5f533 | maxu a0,a1,a2          | a1=-1 a2=1                                   | a0=-1
0ac5c533 | min a0,a1,a2           | a1=0x8000000000000000 a2=0x7fffffffffffffff  | a0=0x8000000000000000
0ac5d533 | minu a0,a1,a2          | a1=0x8000000000000000 a2=0x7fffffffffffffff  | a0=0x7fffffffffffffff
0ab5c5b3 | min a1,a1,a1           | a1=3                                         | a1=3
60459513 | sext.b a0,a1           | a1=0x1280                                    | a0=-128
60559513 | sext.h a0,a1           | a1=0x12348000                                | a0=-32768
0805c53b | zext.h a0,a1           | a1=-1                                        | a0=0xffff
60c59533 | rol a0,a1,a2           | a1=0x8000000000000001 a2=1                   | a0=3
60c59533 | rol a0,a1,a2           | a1=5 a2=64                                   | a0=5
60c5d533 | ror a0,a1,a2           | a1=1 a2=1                                    | a0=0x8000000000000000
60c5d533 | ror a0,a1,a2           | a1=0x123456789abcdef0 a2=36                  | a0=0x89abcdef01234567
60c5d533 | ror a0,a1,a2           | a1=0x123456789abcdef0 a2=-1                  | a0=0x2468acf13579bde0
63f5d513 | rori a0,a1,0x3f        | a1=0x8000000000000000                        | a0=1
6205d513 | rori a0,a1,0x20        | a1=0x123456789abcdef0                        | a0=0x9abcdef012345678
60c5953b | rolw a0,a1,a2          | a1=0x40000000 a2=1                           | a0=-0x80000000
60c5953b | rolw a0,a1,a2          | a1=0xffffffff80000001 a2=0x21                | a0=3
60c5953b | rolw a0,a1,a2          | a1=0x1234567880000000 a2=0                   | a0=-0x80000000
60c5d53b | rorw a0,a1,a2          | a1=0x100000001 a2=1                          | a0=-0x80000000
60c5d53b | rorw a0,a1,a2          | a1=0x12345678 a2=0xffffffffffffffe4          | a0=-0x7edcba99
61f5d51b | roriw a0,a1,0x1f       | a1=0x7fffffff                                | a0=-2
6005d51b | roriw a0,a1,0x0        | a1=0xffffffff                                | a0=-1
2875d513 | orc.b a0,a1            | a1=0x0100800000ff0010                        | a0=0xff00ff0000ff00ff
2875d513 | orc.b a0,a1            | a1=0                                         | a0=0
2875d513 | orc.b a0,a1            | a1=-1                                        | a0=-1
6b85d513 | rev8 a0,a1             | a1=0x0102030405060708                        | a0=0x0807060504030201
`,
);

check(
  "carry-less products (Zbc)",
  `
0ac59533 | clmul a0,a1,a2         | a1=3 a2=3                                    | a0=5
0ac59533 | clmul a0,a1,a2         | a1=-1 a2=-1                                  | a0=0x5555555555555555
0ac5b533 | clmulh a0,a1,a2        | a1=-1 a2=-1                                  | a0=0x5555555555555555
0ac5a533 | clmulr a0,a1,a2        | a1=-1 a2=-1                                  | a0=0xaaaaaaaaaaaaaaaa
0ac59533 | clmul a0,a1,a2         | a1=0x8000000000000000 a2=2                   | a0=0
0ac5b533 | clmulh a0,a1,a2        | a1=0x8000000000000000 a2=2                   | a0=1
0ac5a533 | clmulr a0,a1,a2        | a1=0x8000000000000000 a2=2                   | a0=2
0ac5a533 | clmulr a0,a1,a2        | a1=0x8000000000000000 a2=0x8000000000000000  | a0=0x8000000000000000
0ac5b533 | clmulh a0,a1,a2        | a1=0x8000000000000000 a2=0x8000000000000000  | a0=0x4000000000000000
0ac59533 | clmul a0,a1,a2         | a1=0x123456789abcdef0 a2=0                   | a0=0
0ac59533 | clmul a0,a1,a2         | a1=0x123456789abcdef0 a2=0x10                | a0=0x23456789abcdef00
`,
);

check(
  "single bits (Zbs)",
  `
48c59533 | bclr a0,a1,a2          | a1=-1 a2=64                                  | a0=-2
48c59533 | bclr a0,a1,a2          | a1=-1 a2=63                                  | a0=0x7fffffffffffffff
4bf59513 | bclri a0,a1,0x3f       | a1=-1                                        | a0=0x7fffffffffffffff
48c5d533 | bext a0,a1,a2          | a1=0x8000000000000000 a2=127                 | a0=1
48c5d533 | bext a0,a1,a2          | a1=-2 a2=64                                  | a0=0
4a05d513 | bexti a0,a1,0x20       | a1=0x100000000                               | a0=1
68c59533 | binv a0,a1,a2          | a1=1 a2=64                                   | a0=0
68c59533 | binv a0,a1,a2          | a1=1 a2=-1                                   | a0=0x8000000000000001
68059513 | binvi a0,a1,0x0        | a1=-1                                        | a0=-2
28c59533 | bset a0,a1,a2          | a1=0 a2=0x7fffffffffffffff                   | a0=0x8000000000000000
29f59513 | bseti a0,a1,0x1f       | a1=0                                         | a0=0x80000000
`,
);

check(
  "conditional zeros (Zicond)",
  `
0ec5d533 | czero.eqz a0,a1,a2     | a1=5 a2=0                                    | a0=0
0ec5d533 | czero.eqz a0,a1,a2     | a1=5 a2=0x100000000                          | a0=5
0ec5f533 | czero.nez a0,a1,a2     | a1=5 a2=0                                    | a0=5
0ec5f533 | czero.nez a0,a1,a2     | a1=5 a2=0x8000000000000000                   | a0=0
0eb5f5b3 | czero.nez a1,a1,a1     | a1=5                                         | a1=0
0e05d533 | czero.eqz a0,a1,zero   | a1=5                                         | a0=0
`,
);
