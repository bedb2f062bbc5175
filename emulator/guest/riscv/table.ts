// The instruction set as text: RV64GC and the extensions beside it. One row per instruction; decoder, disassembler,
// translator, random generator and the list of what is supported (isa.ts) are read from it.

/**
 * The letters of the bit patterns. A register letter stands for a register number (`x8+` for the three-bit numbers of
 * compressed instructions); an immediate letter lists, in the manual's notation, which bits of the value its bits are,
 * from the highest bit of the instruction to the lowest.
 */
export const fieldTable = `
d   rd
s   rs1
t   rs2
r   rs3
D   rd   x8+
S   rs1  x8+
T   rs2  x8+
m   rm
a   aq
l   rl
i   imm signed    11:0
p   imm signed    11:5
e   imm signed    11:5|4:0
b   imm signed    12|10:5|4:1|11
u   imm signed    31:12
j   imm signed    20|10:1|11|19:12
h   imm unsigned  5:0
w   imm unsigned  4:0
c   imm unsigned  11:0
A   imm signed    5|4:0
B   imm signed    17|16:12
C   imm signed    9|4|6|8:7|5
E   imm unsigned  5:4|9:6|2|3
F   imm unsigned  5:3|2|6
G   imm unsigned  5:3|7:6
H   imm unsigned  5|4:0
I   imm unsigned  5|4:2|7:6
J   imm unsigned  5|4:3|8:6
K   imm unsigned  5:2|7:6
L   imm unsigned  5:3|8:6
M   imm signed    11|4|9:8|10|6|7|3:1|5
N   imm signed    8|4:3|7:6|2:1|5
`;

/**
 * bits | mnemonic | operands | class | of a compressed instruction: the one it means | only when
 *
 * Bits: 0 and 1 must match, `-` is ignored, letters are fields; spaces do not count. Operands, spelled as the
 * assembler does: `rd rs1 rs2` integer and `fd fs1 fs2 fs3` float registers; `imm` decimal, `shamt` hexadecimal,
 * `upper` the upper 20 bits, `target` relative to pc, `csr`, `zimm` the number in rs1's place, `pred`, `succ`; `,rm` is
 * left out when it is dynamic, `,exact` (the rounding mode of an exact conversion) when it is 0. The first row that
 * matches is meant. `.aqrl` in a mnemonic stands for the suffix that the a and l bits ask for.
 *
 * `Zba:` names the extension that the rows below it are of. Hints stand before the instructions whose encodings they
 * take.
 */
export const instructionTable = `
Zicbop:
ppppppp 00000 sssss 110 00000 0010011    | prefetch.i   | imm(rs1)        | hint
ppppppp 00001 sssss 110 00000 0010011    | prefetch.r   | imm(rs1)        | hint
ppppppp 00011 sssss 110 00000 0010011    | prefetch.w   | imm(rs1)        | hint

Zihintpause:
0000 00010000 00000 000 00000 0001111    | pause        |                 | fence

I:
uuuuuuuuuuuuuuuuuuuu ddddd 0110111       | lui          | rd,upper        | alu
uuuuuuuuuuuuuuuuuuuu ddddd 0010111       | auipc        | rd,upper        | alu
jjjjjjjjjjjjjjjjjjjj ddddd 1101111       | jal          | rd,target       | jump
iiiiiiiiiiii sssss 000 ddddd 1100111     | jalr         | rd,imm(rs1)     | jump
bbbbbbb ttttt sssss 000 bbbbb 1100011    | beq          | rs1,rs2,target  | branch
bbbbbbb ttttt sssss 001 bbbbb 1100011    | bne          | rs1,rs2,target  | branch
bbbbbbb ttttt sssss 100 bbbbb 1100011    | blt          | rs1,rs2,target  | branch
bbbbbbb ttttt sssss 101 bbbbb 1100011    | bge          | rs1,rs2,target  | branch
bbbbbbb ttttt sssss 110 bbbbb 1100011    | bltu         | rs1,rs2,target  | branch
bbbbbbb ttttt sssss 111 bbbbb 1100011    | bgeu         | rs1,rs2,target  | branch
iiiiiiiiiiii sssss 000 ddddd 0000011     | lb           | rd,imm(rs1)     | load
iiiiiiiiiiii sssss 001 ddddd 0000011     | lh           | rd,imm(rs1)     | load
iiiiiiiiiiii sssss 010 ddddd 0000011     | lw           | rd,imm(rs1)     | load
iiiiiiiiiiii sssss 011 ddddd 0000011     | ld           | rd,imm(rs1)     | load
iiiiiiiiiiii sssss 100 ddddd 0000011     | lbu          | rd,imm(rs1)     | load
iiiiiiiiiiii sssss 101 ddddd 0000011     | lhu          | rd,imm(rs1)     | load
iiiiiiiiiiii sssss 110 ddddd 0000011     | lwu          | rd,imm(rs1)     | load
eeeeeee ttttt sssss 000 eeeee 0100011    | sb           | rs2,imm(rs1)    | store
eeeeeee ttttt sssss 001 eeeee 0100011    | sh           | rs2,imm(rs1)    | store
eeeeeee ttttt sssss 010 eeeee 0100011    | sw           | rs2,imm(rs1)    | store
eeeeeee ttttt sssss 011 eeeee 0100011    | sd           | rs2,imm(rs1)    | store
iiiiiiiiiiii sssss 000 ddddd 0010011     | addi         | rd,rs1,imm      | alu
iiiiiiiiiiii sssss 010 ddddd 0010011     | slti         | rd,rs1,imm      | alu
iiiiiiiiiiii sssss 011 ddddd 0010011     | sltiu        | rd,rs1,imm      | alu
iiiiiiiiiiii sssss 100 ddddd 0010011     | xori         | rd,rs1,imm      | alu
iiiiiiiiiiii sssss 110 ddddd 0010011     | ori          | rd,rs1,imm      | alu
iiiiiiiiiiii sssss 111 ddddd 0010011     | andi         | rd,rs1,imm      | alu
000000 hhhhhh sssss 001 ddddd 0010011    | slli         | rd,rs1,shamt    | alu
000000 hhhhhh sssss 101 ddddd 0010011    | srli         | rd,rs1,shamt    | alu
010000 hhhhhh sssss 101 ddddd 0010011    | srai         | rd,rs1,shamt    | alu
0000000 ttttt sssss 000 ddddd 0110011    | add          | rd,rs1,rs2      | alu
0100000 ttttt sssss 000 ddddd 0110011    | sub          | rd,rs1,rs2      | alu
0000000 ttttt sssss 001 ddddd 0110011    | sll          | rd,rs1,rs2      | alu
0000000 ttttt sssss 010 ddddd 0110011    | slt          | rd,rs1,rs2      | alu
0000000 ttttt sssss 011 ddddd 0110011    | sltu         | rd,rs1,rs2      | alu
0000000 ttttt sssss 100 ddddd 0110011    | xor          | rd,rs1,rs2      | alu
0000000 ttttt sssss 101 ddddd 0110011    | srl          | rd,rs1,rs2      | alu
0100000 ttttt sssss 101 ddddd 0110011    | sra          | rd,rs1,rs2      | alu
0000000 ttttt sssss 110 ddddd 0110011    | or           | rd,rs1,rs2      | alu
0000000 ttttt sssss 111 ddddd 0110011    | and          | rd,rs1,rs2      | alu
iiiiiiiiiiii sssss 000 ddddd 0011011     | addiw        | rd,rs1,imm      | alu
0000000 wwwww sssss 001 ddddd 0011011    | slliw        | rd,rs1,shamt    | alu
0000000 wwwww sssss 101 ddddd 0011011    | srliw        | rd,rs1,shamt    | alu
0100000 wwwww sssss 101 ddddd 0011011    | sraiw        | rd,rs1,shamt    | alu
0000000 ttttt sssss 000 ddddd 0111011    | addw         | rd,rs1,rs2      | alu
0100000 ttttt sssss 000 ddddd 0111011    | subw         | rd,rs1,rs2      | alu
0000000 ttttt sssss 001 ddddd 0111011    | sllw         | rd,rs1,rs2      | alu
0000000 ttttt sssss 101 ddddd 0111011    | srlw         | rd,rs1,rs2      | alu
0100000 ttttt sssss 101 ddddd 0111011    | sraw         | rd,rs1,rs2      | alu
1000 00110011 00000 000 00000 0001111    | fence.tso    |                 | fence
cccccccccccc ----- 000 ----- 0001111     | fence        | pred,succ       | fence
000000000000 00000 000 00000 1110011     | ecall        |                 | trap
000000000001 00000 000 00000 1110011     | ebreak       |                 | trap

Zifencei:
------------ ----- 001 ----- 0001111     | fence.i      |                 | fence.i

Zicsr:
cccccccccccc sssss 001 ddddd 1110011     | csrrw        | rd,csr,rs1      | csr
cccccccccccc sssss 010 ddddd 1110011     | csrrs        | rd,csr,rs1      | csr
cccccccccccc sssss 011 ddddd 1110011     | csrrc        | rd,csr,rs1      | csr
cccccccccccc sssss 101 ddddd 1110011     | csrrwi       | rd,csr,zimm     | csr
cccccccccccc sssss 110 ddddd 1110011     | csrrsi       | rd,csr,zimm     | csr
cccccccccccc sssss 111 ddddd 1110011     | csrrci       | rd,csr,zimm     | csr

M:
0000001 ttttt sssss 000 ddddd 0110011    | mul          | rd,rs1,rs2      | multiply
0000001 ttttt sssss 001 ddddd 0110011    | mulh         | rd,rs1,rs2      | multiply
0000001 ttttt sssss 010 ddddd 0110011    | mulhsu       | rd,rs1,rs2      | multiply
0000001 ttttt sssss 011 ddddd 0110011    | mulhu        | rd,rs1,rs2      | multiply
0000001 ttttt sssss 100 ddddd 0110011    | div          | rd,rs1,rs2      | multiply
0000001 ttttt sssss 101 ddddd 0110011    | divu         | rd,rs1,rs2      | multiply
0000001 ttttt sssss 110 ddddd 0110011    | rem          | rd,rs1,rs2      | multiply
0000001 ttttt sssss 111 ddddd 0110011    | remu         | rd,rs1,rs2      | multiply
0000001 ttttt sssss 000 ddddd 0111011    | mulw         | rd,rs1,rs2      | multiply
0000001 ttttt sssss 100 ddddd 0111011    | divw         | rd,rs1,rs2      | multiply
0000001 ttttt sssss 101 ddddd 0111011    | divuw        | rd,rs1,rs2      | multiply
0000001 ttttt sssss 110 ddddd 0111011    | remw         | rd,rs1,rs2      | multiply
0000001 ttttt sssss 111 ddddd 0111011    | remuw        | rd,rs1,rs2      | multiply

A:
00010 a l 00000 sssss 010 ddddd 0101111  | lr.w.aqrl      | rd,(rs1)      | atomic
00011 a l ttttt sssss 010 ddddd 0101111  | sc.w.aqrl      | rd,rs2,(rs1)  | atomic
00001 a l ttttt sssss 010 ddddd 0101111  | amoswap.w.aqrl | rd,rs2,(rs1)  | atomic
00000 a l ttttt sssss 010 ddddd 0101111  | amoadd.w.aqrl  | rd,rs2,(rs1)  | atomic
00100 a l ttttt sssss 010 ddddd 0101111  | amoxor.w.aqrl  | rd,rs2,(rs1)  | atomic
01100 a l ttttt sssss 010 ddddd 0101111  | amoand.w.aqrl  | rd,rs2,(rs1)  | atomic
01000 a l ttttt sssss 010 ddddd 0101111  | amoor.w.aqrl   | rd,rs2,(rs1)  | atomic
10000 a l ttttt sssss 010 ddddd 0101111  | amomin.w.aqrl  | rd,rs2,(rs1)  | atomic
10100 a l ttttt sssss 010 ddddd 0101111  | amomax.w.aqrl  | rd,rs2,(rs1)  | atomic
11000 a l ttttt sssss 010 ddddd 0101111  | amominu.w.aqrl | rd,rs2,(rs1)  | atomic
11100 a l ttttt sssss 010 ddddd 0101111  | amomaxu.w.aqrl | rd,rs2,(rs1)  | atomic
00010 a l 00000 sssss 011 ddddd 0101111  | lr.d.aqrl      | rd,(rs1)      | atomic
00011 a l ttttt sssss 011 ddddd 0101111  | sc.d.aqrl      | rd,rs2,(rs1)  | atomic
00001 a l ttttt sssss 011 ddddd 0101111  | amoswap.d.aqrl | rd,rs2,(rs1)  | atomic
00000 a l ttttt sssss 011 ddddd 0101111  | amoadd.d.aqrl  | rd,rs2,(rs1)  | atomic
00100 a l ttttt sssss 011 ddddd 0101111  | amoxor.d.aqrl  | rd,rs2,(rs1)  | atomic
01100 a l ttttt sssss 011 ddddd 0101111  | amoand.d.aqrl  | rd,rs2,(rs1)  | atomic
01000 a l ttttt sssss 011 ddddd 0101111  | amoor.d.aqrl   | rd,rs2,(rs1)  | atomic
10000 a l ttttt sssss 011 ddddd 0101111  | amomin.d.aqrl  | rd,rs2,(rs1)  | atomic
10100 a l ttttt sssss 011 ddddd 0101111  | amomax.d.aqrl  | rd,rs2,(rs1)  | atomic
11000 a l ttttt sssss 011 ddddd 0101111  | amominu.d.aqrl | rd,rs2,(rs1)  | atomic
11100 a l ttttt sssss 011 ddddd 0101111  | amomaxu.d.aqrl | rd,rs2,(rs1)  | atomic

F:
iiiiiiiiiiii sssss 010 ddddd 0000111     | flw          | fd,imm(rs1)     | load
eeeeeee ttttt sssss 010 eeeee 0100111    | fsw          | fs2,imm(rs1)    | store
rrrrr 00 ttttt sssss mmm ddddd 1000011   | fmadd.s      | fd,fs1,fs2,fs3,rm | float
rrrrr 00 ttttt sssss mmm ddddd 1000111   | fmsub.s      | fd,fs1,fs2,fs3,rm | float
rrrrr 00 ttttt sssss mmm ddddd 1001011   | fnmsub.s     | fd,fs1,fs2,fs3,rm | float
rrrrr 00 ttttt sssss mmm ddddd 1001111   | fnmadd.s     | fd,fs1,fs2,fs3,rm | float
0000000 ttttt sssss mmm ddddd 1010011    | fadd.s       | fd,fs1,fs2,rm   | float
0000100 ttttt sssss mmm ddddd 1010011    | fsub.s       | fd,fs1,fs2,rm   | float
0001000 ttttt sssss mmm ddddd 1010011    | fmul.s       | fd,fs1,fs2,rm   | float
0001100 ttttt sssss mmm ddddd 1010011    | fdiv.s       | fd,fs1,fs2,rm   | float
0101100 00000 sssss mmm ddddd 1010011    | fsqrt.s      | fd,fs1,rm       | float
0010000 ttttt sssss 000 ddddd 1010011    | fsgnj.s      | fd,fs1,fs2      | float move
0010000 ttttt sssss 001 ddddd 1010011    | fsgnjn.s     | fd,fs1,fs2      | float move
0010000 ttttt sssss 010 ddddd 1010011    | fsgnjx.s     | fd,fs1,fs2      | float move
0010100 ttttt sssss 000 ddddd 1010011    | fmin.s       | fd,fs1,fs2      | float
0010100 ttttt sssss 001 ddddd 1010011    | fmax.s       | fd,fs1,fs2      | float
1010000 ttttt sssss 010 ddddd 1010011    | feq.s        | rd,fs1,fs2      | float
1010000 ttttt sssss 001 ddddd 1010011    | flt.s        | rd,fs1,fs2      | float
1010000 ttttt sssss 000 ddddd 1010011    | fle.s        | rd,fs1,fs2      | float
1100000 00000 sssss mmm ddddd 1010011    | fcvt.w.s     | rd,fs1,rm       | float
1100000 00001 sssss mmm ddddd 1010011    | fcvt.wu.s    | rd,fs1,rm       | float
1100000 00010 sssss mmm ddddd 1010011    | fcvt.l.s     | rd,fs1,rm       | float
1100000 00011 sssss mmm ddddd 1010011    | fcvt.lu.s    | rd,fs1,rm       | float
1101000 00000 sssss mmm ddddd 1010011    | fcvt.s.w     | fd,rs1,rm       | float
1101000 00001 sssss mmm ddddd 1010011    | fcvt.s.wu    | fd,rs1,rm       | float
1101000 00010 sssss mmm ddddd 1010011    | fcvt.s.l     | fd,rs1,rm       | float
1101000 00011 sssss mmm ddddd 1010011    | fcvt.s.lu    | fd,rs1,rm       | float
1110000 00000 sssss 000 ddddd 1010011    | fmv.x.w      | rd,fs1          | float move
1110000 00000 sssss 001 ddddd 1010011    | fclass.s     | rd,fs1          | float move
1111000 00000 sssss 000 ddddd 1010011    | fmv.w.x      | fd,rs1          | float move

D:
iiiiiiiiiiii sssss 011 ddddd 0000111     | fld          | fd,imm(rs1)     | load
eeeeeee ttttt sssss 011 eeeee 0100111    | fsd          | fs2,imm(rs1)    | store
rrrrr 01 ttttt sssss mmm ddddd 1000011   | fmadd.d      | fd,fs1,fs2,fs3,rm | float
rrrrr 01 ttttt sssss mmm ddddd 1000111   | fmsub.d      | fd,fs1,fs2,fs3,rm | float
rrrrr 01 ttttt sssss mmm ddddd 1001011   | fnmsub.d     | fd,fs1,fs2,fs3,rm | float
rrrrr 01 ttttt sssss mmm ddddd 1001111   | fnmadd.d     | fd,fs1,fs2,fs3,rm | float
0000001 ttttt sssss mmm ddddd 1010011    | fadd.d       | fd,fs1,fs2,rm   | float
0000101 ttttt sssss mmm ddddd 1010011    | fsub.d       | fd,fs1,fs2,rm   | float
0001001 ttttt sssss mmm ddddd 1010011    | fmul.d       | fd,fs1,fs2,rm   | float
0001101 ttttt sssss mmm ddddd 1010011    | fdiv.d       | fd,fs1,fs2,rm   | float
0101101 00000 sssss mmm ddddd 1010011    | fsqrt.d      | fd,fs1,rm       | float
0010001 ttttt sssss 000 ddddd 1010011    | fsgnj.d      | fd,fs1,fs2      | float move
0010001 ttttt sssss 001 ddddd 1010011    | fsgnjn.d     | fd,fs1,fs2      | float move
0010001 ttttt sssss 010 ddddd 1010011    | fsgnjx.d     | fd,fs1,fs2      | float move
0010101 ttttt sssss 000 ddddd 1010011    | fmin.d       | fd,fs1,fs2      | float
0010101 ttttt sssss 001 ddddd 1010011    | fmax.d       | fd,fs1,fs2      | float
1010001 ttttt sssss 010 ddddd 1010011    | feq.d        | rd,fs1,fs2      | float
1010001 ttttt sssss 001 ddddd 1010011    | flt.d        | rd,fs1,fs2      | float
1010001 ttttt sssss 000 ddddd 1010011    | fle.d        | rd,fs1,fs2      | float
1100001 00000 sssss mmm ddddd 1010011    | fcvt.w.d     | rd,fs1,rm       | float
1100001 00001 sssss mmm ddddd 1010011    | fcvt.wu.d    | rd,fs1,rm       | float
1100001 00010 sssss mmm ddddd 1010011    | fcvt.l.d     | rd,fs1,rm       | float
1100001 00011 sssss mmm ddddd 1010011    | fcvt.lu.d    | rd,fs1,rm       | float
1101001 00000 sssss mmm ddddd 1010011    | fcvt.d.w     | fd,rs1,exact    | float
1101001 00001 sssss mmm ddddd 1010011    | fcvt.d.wu    | fd,rs1,exact    | float
1101001 00010 sssss mmm ddddd 1010011    | fcvt.d.l     | fd,rs1,rm       | float
1101001 00011 sssss mmm ddddd 1010011    | fcvt.d.lu    | fd,rs1,rm       | float
0100000 00001 sssss mmm ddddd 1010011    | fcvt.s.d     | fd,fs1,rm       | float
0100001 00000 sssss mmm ddddd 1010011    | fcvt.d.s     | fd,fs1,exact    | float
1110001 00000 sssss 000 ddddd 1010011    | fmv.x.d      | rd,fs1          | float move
1110001 00000 sssss 001 ddddd 1010011    | fclass.d     | rd,fs1          | float move
1111001 00000 sssss 000 ddddd 1010011    | fmv.d.x      | fd,rs1          | float move

Zba:
0010000 ttttt sssss 010 ddddd 0110011    | sh1add       | rd,rs1,rs2      | alu
0010000 ttttt sssss 100 ddddd 0110011    | sh2add       | rd,rs1,rs2      | alu
0010000 ttttt sssss 110 ddddd 0110011    | sh3add       | rd,rs1,rs2      | alu
0000100 ttttt sssss 000 ddddd 0111011    | add.uw       | rd,rs1,rs2      | alu
0010000 ttttt sssss 010 ddddd 0111011    | sh1add.uw    | rd,rs1,rs2      | alu
0010000 ttttt sssss 100 ddddd 0111011    | sh2add.uw    | rd,rs1,rs2      | alu
0010000 ttttt sssss 110 ddddd 0111011    | sh3add.uw    | rd,rs1,rs2      | alu
000010 hhhhhh sssss 001 ddddd 0011011    | slli.uw      | rd,rs1,shamt    | alu

Zbb:
0100000 ttttt sssss 111 ddddd 0110011    | andn         | rd,rs1,rs2      | alu
0100000 ttttt sssss 110 ddddd 0110011    | orn          | rd,rs1,rs2      | alu
0100000 ttttt sssss 100 ddddd 0110011    | xnor         | rd,rs1,rs2      | alu
011000000000 sssss 001 ddddd 0010011     | clz          | rd,rs1          | alu
011000000001 sssss 001 ddddd 0010011     | ctz          | rd,rs1          | alu
011000000010 sssss 001 ddddd 0010011     | cpop         | rd,rs1          | alu
011000000000 sssss 001 ddddd 0011011     | clzw         | rd,rs1          | alu
011000000001 sssss 001 ddddd 0011011     | ctzw         | rd,rs1          | alu
011000000010 sssss 001 ddddd 0011011     | cpopw        | rd,rs1          | alu
0000101 ttttt sssss 110 ddddd 0110011    | max          | rd,rs1,rs2      | alu
0000101 ttttt sssss 111 ddddd 0110011    | maxu         | rd,rs1,rs2      | alu
0000101 ttttt sssss 100 ddddd 0110011    | min          | rd,rs1,rs2      | alu
0000101 ttttt sssss 101 ddddd 0110011    | minu         | rd,rs1,rs2      | alu
011000000100 sssss 001 ddddd 0010011     | sext.b       | rd,rs1          | alu
011000000101 sssss 001 ddddd 0010011     | sext.h       | rd,rs1          | alu
000010000000 sssss 100 ddddd 0111011     | zext.h       | rd,rs1          | alu
0110000 ttttt sssss 001 ddddd 0110011    | rol          | rd,rs1,rs2      | alu
0110000 ttttt sssss 101 ddddd 0110011    | ror          | rd,rs1,rs2      | alu
011000 hhhhhh sssss 101 ddddd 0010011    | rori         | rd,rs1,shamt    | alu
0110000 ttttt sssss 001 ddddd 0111011    | rolw         | rd,rs1,rs2      | alu
0110000 ttttt sssss 101 ddddd 0111011    | rorw         | rd,rs1,rs2      | alu
0110000 wwwww sssss 101 ddddd 0011011    | roriw        | rd,rs1,shamt    | alu
001010000111 sssss 101 ddddd 0010011     | orc.b        | rd,rs1          | alu
011010111000 sssss 101 ddddd 0010011     | rev8         | rd,rs1          | alu

Zbc:
0000101 ttttt sssss 001 ddddd 0110011    | clmul        | rd,rs1,rs2      | multiply
0000101 ttttt sssss 010 ddddd 0110011    | clmulr       | rd,rs1,rs2      | multiply
0000101 ttttt sssss 011 ddddd 0110011    | clmulh       | rd,rs1,rs2      | multiply

Zbs:
0100100 ttttt sssss 001 ddddd 0110011    | bclr         | rd,rs1,rs2      | alu
010010 hhhhhh sssss 001 ddddd 0010011    | bclri        | rd,rs1,shamt    | alu
0100100 ttttt sssss 101 ddddd 0110011    | bext         | rd,rs1,rs2      | alu
010010 hhhhhh sssss 101 ddddd 0010011    | bexti        | rd,rs1,shamt    | alu
0110100 ttttt sssss 001 ddddd 0110011    | binv         | rd,rs1,rs2      | alu
011010 hhhhhh sssss 001 ddddd 0010011    | binvi        | rd,rs1,shamt    | alu
0010100 ttttt sssss 001 ddddd 0110011    | bset         | rd,rs1,rs2      | alu
001010 hhhhhh sssss 001 ddddd 0010011    | bseti        | rd,rs1,shamt    | alu

Zfh:
iiiiiiiiiiii sssss 001 ddddd 0000111     | flh          | fd,imm(rs1)     | load
eeeeeee ttttt sssss 001 eeeee 0100111    | fsh          | fs2,imm(rs1)    | store
rrrrr 10 ttttt sssss mmm ddddd 1000011   | fmadd.h      | fd,fs1,fs2,fs3,rm | float
rrrrr 10 ttttt sssss mmm ddddd 1000111   | fmsub.h      | fd,fs1,fs2,fs3,rm | float
rrrrr 10 ttttt sssss mmm ddddd 1001011   | fnmsub.h     | fd,fs1,fs2,fs3,rm | float
rrrrr 10 ttttt sssss mmm ddddd 1001111   | fnmadd.h     | fd,fs1,fs2,fs3,rm | float
0000010 ttttt sssss mmm ddddd 1010011    | fadd.h       | fd,fs1,fs2,rm   | float
0000110 ttttt sssss mmm ddddd 1010011    | fsub.h       | fd,fs1,fs2,rm   | float
0001010 ttttt sssss mmm ddddd 1010011    | fmul.h       | fd,fs1,fs2,rm   | float
0001110 ttttt sssss mmm ddddd 1010011    | fdiv.h       | fd,fs1,fs2,rm   | float
0101110 00000 sssss mmm ddddd 1010011    | fsqrt.h      | fd,fs1,rm       | float
0010010 ttttt sssss 000 ddddd 1010011    | fsgnj.h      | fd,fs1,fs2      | float move
0010010 ttttt sssss 001 ddddd 1010011    | fsgnjn.h     | fd,fs1,fs2      | float move
0010010 ttttt sssss 010 ddddd 1010011    | fsgnjx.h     | fd,fs1,fs2      | float move
0010110 ttttt sssss 000 ddddd 1010011    | fmin.h       | fd,fs1,fs2      | float
0010110 ttttt sssss 001 ddddd 1010011    | fmax.h       | fd,fs1,fs2      | float
1010010 ttttt sssss 010 ddddd 1010011    | feq.h        | rd,fs1,fs2      | float
1010010 ttttt sssss 001 ddddd 1010011    | flt.h        | rd,fs1,fs2      | float
1010010 ttttt sssss 000 ddddd 1010011    | fle.h        | rd,fs1,fs2      | float
1100010 00000 sssss mmm ddddd 1010011    | fcvt.w.h     | rd,fs1,rm       | float
1100010 00001 sssss mmm ddddd 1010011    | fcvt.wu.h    | rd,fs1,rm       | float
1100010 00010 sssss mmm ddddd 1010011    | fcvt.l.h     | rd,fs1,rm       | float
1100010 00011 sssss mmm ddddd 1010011    | fcvt.lu.h    | rd,fs1,rm       | float
1101010 00000 sssss mmm ddddd 1010011    | fcvt.h.w     | fd,rs1,rm       | float
1101010 00001 sssss mmm ddddd 1010011    | fcvt.h.wu    | fd,rs1,rm       | float
1101010 00010 sssss mmm ddddd 1010011    | fcvt.h.l     | fd,rs1,rm       | float
1101010 00011 sssss mmm ddddd 1010011    | fcvt.h.lu    | fd,rs1,rm       | float
1110010 00000 sssss 000 ddddd 1010011    | fmv.x.h      | rd,fs1          | float move
1110010 00000 sssss 001 ddddd 1010011    | fclass.h     | rd,fs1          | float move
1111010 00000 sssss 000 ddddd 1010011    | fmv.h.x      | fd,rs1          | float move
0100000 00010 sssss mmm ddddd 1010011    | fcvt.s.h     | fd,fs1,exact    | float
0100010 00000 sssss mmm ddddd 1010011    | fcvt.h.s     | fd,fs1,rm       | float
0100001 00010 sssss mmm ddddd 1010011    | fcvt.d.h     | fd,fs1,exact    | float
0100010 00001 sssss mmm ddddd 1010011    | fcvt.h.d     | fd,fs1,rm       | float

Zicond:
0000111 ttttt sssss 101 ddddd 0110011    | czero.eqz    | rd,rs1,rs2      | alu
0000111 ttttt sssss 111 ddddd 0110011    | czero.nez    | rd,rs1,rs2      | alu

Zicbom:
000000000000 sssss 010 00000 0001111     | cbo.inval    | (rs1)           | cache
000000000001 sssss 010 00000 0001111     | cbo.clean    | (rs1)           | cache
000000000010 sssss 010 00000 0001111     | cbo.flush    | (rs1)           | cache

Zicboz:
000000000100 sssss 010 00000 0001111     | cbo.zero     | (rs1)           | store

Zawrs:
000000001101 00000 000 00000 1110011     | wrs.nto      |                 | wait
000000011101 00000 000 00000 1110011     | wrs.sto      |                 | wait

C:
0000000000000000          | c.unimp      |                 | trap
000 EEEEEEEE DDD 00       | c.addi4spn   | rd,sp,imm       | alu    | addi rd,sp,imm       | imm!=0
001 GGG SSS GG DDD 00     | c.fld        | fd,imm(rs1)     | load   | fld fd,imm(rs1)
010 FFF SSS FF DDD 00     | c.lw         | rd,imm(rs1)     | load   | lw rd,imm(rs1)
011 GGG SSS GG DDD 00     | c.ld         | rd,imm(rs1)     | load   | ld rd,imm(rs1)
101 GGG SSS GG TTT 00     | c.fsd        | fs2,imm(rs1)    | store  | fsd fs2,imm(rs1)
110 FFF SSS FF TTT 00     | c.sw         | rs2,imm(rs1)    | store  | sw rs2,imm(rs1)
111 GGG SSS GG TTT 00     | c.sd         | rs2,imm(rs1)    | store  | sd rs2,imm(rs1)

000 A ddddd AAAAA 01      | c.addi       | rd,imm          | alu    | addi rd,rd,imm
001 A ddddd AAAAA 01      | c.addiw      | rd,imm          | alu    | addiw rd,rd,imm      | rd!=0
010 A ddddd AAAAA 01      | c.li         | rd,imm          | alu    | addi rd,zero,imm
011 C 00010 CCCCC 01      | c.addi16sp   | sp,imm          | alu    | addi sp,sp,imm       | imm!=0
011 B ddddd BBBBB 01      | c.lui        | rd,upper        | alu    | lui rd,upper         | imm!=0 rd!=2
100 0 00 DDD 00000 01     | c.srli64     | rd              | alu    | addi rd,rd,0
100 H 00 DDD HHHHH 01     | c.srli       | rd,shamt        | alu    | srli rd,rd,shamt
100 0 01 DDD 00000 01     | c.srai64     | rd              | alu    | addi rd,rd,0
100 H 01 DDD HHHHH 01     | c.srai       | rd,shamt        | alu    | srai rd,rd,shamt
100 A 10 DDD AAAAA 01     | c.andi       | rd,imm          | alu    | andi rd,rd,imm
100 0 11 DDD 00 TTT 01    | c.sub        | rd,rs2          | alu    | sub rd,rd,rs2
100 0 11 DDD 01 TTT 01    | c.xor        | rd,rs2          | alu    | xor rd,rd,rs2
100 0 11 DDD 10 TTT 01    | c.or         | rd,rs2          | alu    | or rd,rd,rs2
100 0 11 DDD 11 TTT 01    | c.and        | rd,rs2          | alu    | and rd,rd,rs2
100 1 11 DDD 00 TTT 01    | c.subw       | rd,rs2          | alu    | subw rd,rd,rs2
100 1 11 DDD 01 TTT 01    | c.addw       | rd,rs2          | alu    | addw rd,rd,rs2
101 M MMMMMMMMMM 01       | c.j          | target          | jump   | jal zero,target
110 NNN SSS NNNNN 01      | c.beqz       | rs1,target      | branch | beq rs1,zero,target
111 NNN SSS NNNNN 01      | c.bnez       | rs1,target      | branch | bne rs1,zero,target

000 0 ddddd 00000 10      | c.slli64     | rd              | alu    | addi rd,rd,0
000 H ddddd HHHHH 10      | c.slli       | rd,shamt        | alu    | slli rd,rd,shamt
001 J ddddd JJJJJ 10      | c.fldsp      | fd,imm(sp)      | load   | fld fd,imm(sp)
010 I ddddd IIIII 10      | c.lwsp       | rd,imm(sp)      | load   | lw rd,imm(sp)        | rd!=0
011 J ddddd JJJJJ 10      | c.ldsp       | rd,imm(sp)      | load   | ld rd,imm(sp)        | rd!=0
100 0 sssss 00000 10      | c.jr         | rs1             | jump   | jalr zero,0(rs1)     | rs1!=0
100 0 ddddd ttttt 10      | c.mv         | rd,rs2          | alu    | add rd,zero,rs2      | rs2!=0
100 1 00000 00000 10      | c.ebreak     |                 | trap   | ebreak
100 1 sssss 00000 10      | c.jalr       | rs1             | jump   | jalr ra,0(rs1)
100 1 ddddd ttttt 10      | c.add        | rd,rs2          | alu    | add rd,rd,rs2
101 LLLLLL ttttt 10       | c.fsdsp      | fs2,imm(sp)     | store  | fsd fs2,imm(sp)
110 KKKKKK ttttt 10       | c.swsp       | rs2,imm(sp)     | store  | sw rs2,imm(sp)
111 LLLLLL ttttt 10       | c.sdsp       | rs2,imm(sp)     | store  | sd rs2,imm(sp)
`;
