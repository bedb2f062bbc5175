// Cache blocks, prefetches and waiting as a program under Linux sees them.
import { check } from "./testing/semantics.ts";

check(
  "hints and waiting",
  `
02056013 | prefetch.i 32(a0)      | a0=0x5000                                    | pc=0x10004
80156013 | prefetch.r -2048(a0)   | a0=-1                                        | pc=0x10004
00306013 | prefetch.w 0(zero)     |                                              | pc=0x10004 zero=0
0100000f | pause                  |                                              | pc=0x10004
00d00073 | wrs.nto                | reservation_address=0x2001                   | pc=0x10004 reservation_address=0x2001
01d00073 | wrs.sto                |                                              | pc=0x10004
`,
);

check(
  "cache blocks: a page at 0x2000, nothing else",
  `
0045200f | cbo.zero (a0)          | a0=0x2000 m0=-1 m7=-1 m8=-1                  | pc=0x10004 m0=0 m7=0 m8=-1
0045200f | cbo.zero (a0)          | a0=0x207f m7=-1 m8=-1 m15=-1 m16=-1          | m7=-1 m8=0 m15=0 m16=-1
0045200f | cbo.zero (a0)          | a0=0x5000                                    | exit=Fault fault=0x5000 pc=0x10000
0045200f | cbo.zero (a0)          | a0=0x503f                                    | exit=Fault fault=0x503f pc=0x10000
0045200f | cbo.zero (a0)          | a0=0x1fff m0=-1                              | exit=Fault fault=0x1fff m0=-1
0045200f | cbo.zero (a0)          | a0=-1                                        | exit=Fault fault=-1
0015200f | cbo.clean (a0)         | a0=0x2fff                                    | pc=0x10004
0015200f | cbo.clean (a0)         | a0=0x3000                                    | exit=Fault fault=0x3000 pc=0x10000
0025200f | cbo.flush (a0)         | a0=0x2001 m0=-1                              | m0=-1
0025200f | cbo.flush (a0)         | a0=0x5007                                    | exit=Fault fault=0x5007
0005200f | cbo.inval (a0)         | a0=0x2000 m0=-1                              | exit=Illegal pc=0x10000 m0=-1
`,
);
