// The registers of a RISC-V hart in user mode. Their order is the order of their homes in the vCPU state.
import type { RegisterFile } from "../../ir/types.ts";
import type { RegisterDescriptor, RegisterRole } from "../guest.ts";

/** ABI name, other names, roles. */
const integerTable = `
zero |    | zero
ra   |    | ra
sp   |    | sp
gp   |    | gp
tp   |    | tp
t0   |    |
t1   |    |
t2   |    |
s0   | fp | fp
s1   |    |
a0   |    | argument 0, return value
a1   |    | argument 1
a2   |    | argument 2
a3   |    | argument 3
a4   |    | argument 4
a5   |    | argument 5
a6   |    | argument 6
a7   |    | argument 7, syscall number
s2   |    |
s3   |    |
s4   |    |
s5   |    |
s6   |    |
s7   |    |
s8   |    |
s9   |    |
s10  |    |
s11  |    |
t3   |    |
t4   |    |
t5   |    |
t6   |    |
`;

const floatNames =
  "ft0 ft1 ft2 ft3 ft4 ft5 ft6 ft7 fs0 fs1 fa0 fa1 fa2 fa3 fa4 fa5 fa6 fa7 " +
  "fs2 fs3 fs4 fs5 fs6 fs7 fs8 fs9 fs10 fs11 ft8 ft9 ft10 ft11";

/** Indices of the first integer and float register. */
export const X0 = 0;
export const F0 = 32;
export const PC = 64;
/** Accrued exception flags: fcsr bits 4:0. */
export const FFLAGS = 65;
/** Rounding mode: fcsr bits 7:5. All eight values can be written; 5 to 7 are reserved. */
export const FRM = 66;
/** The reservation of lr: its address + 1, so that 0 (the state at reset) means none. */
export const RESERVATION_ADDRESS = 67;
/** The value that lr read, sign-extended. */
export const RESERVATION_VALUE = 68;

const plain = { aliases: [], roles: [], readOnly: false, hidden: false, bits: 64 };

function integerRegister(line: string, number: number): RegisterDescriptor {
  const [name, alias, roles] = line.split("|").map((cell) => cell.trim());
  return {
    ...plain,
    name,
    aliases: alias ? [`x${number}`, alias] : [`x${number}`],
    group: "integer",
    type: ["ra", "sp", "gp", "tp"].includes(name) ? "address" : "integer",
    readOnly: name === "zero",
    roles: roles.split(", ").filter(Boolean) as RegisterRole[],
    dwarf: number,
  };
}

function floatRegister(name: string, number: number): RegisterDescriptor {
  const argument = /^fa(\d)$/.exec(name);
  return {
    ...plain,
    name,
    aliases: [`f${number}`],
    group: "float",
    type: "float",
    roles: argument ? [`float argument ${Number(argument[1])}`] : [],
    dwarf: 32 + number,
  };
}

const control: RegisterDescriptor[] = [
  { ...plain, name: "pc", group: "control", type: "address", roles: ["pc"] },
  {
    ...plain,
    name: "fflags",
    group: "control",
    bits: 5,
    type: "flags",
    fields: ["NX", "UF", "OF", "DZ", "NV"].map((name, low) => ({ name, low, bits: 1 })),
    roles: ["float flags"],
  },
  { ...plain, name: "frm", group: "control", bits: 3, type: "integer", roles: ["float rounding"] },
  { ...plain, name: "reservation_address", group: "control", type: "integer", hidden: true },
  { ...plain, name: "reservation_value", group: "control", type: "integer", hidden: true },
];

export const registers: readonly RegisterDescriptor[] = [
  ...integerTable.trim().split("\n").map(integerRegister),
  ...floatNames.split(" ").map(floatRegister),
  ...control,
];

export const registerFile: RegisterFile = {
  registers,
  pc: PC,
  stackPointer: X0 + 2,
  floatFlags: FFLAGS,
  floatRounding: FRM,
};
